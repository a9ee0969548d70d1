import { type ApprovalRule, approvalRuleSchema } from '../../contracts/policy';
import { AppError } from '../../errors';
import { addEdge } from '../../services/add-edge';
import { listEdges } from '../../services/list-edges';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

export interface EdgeAddOptions extends HomeOptions {
  refs: string[];
  mode?: 'identity' | 'recommit';
  rename?: string[];
  approvals?: string[];
  approvalsExpire?: number;
  sharedApprovals?: true;
  /** commander: false where --no-verify-objects is given. */
  verifyObjects: boolean;
  requireSourceHead?: true;
  json?: true;
}

/** `treeline edge add`: a way from one stage to the next. */
export async function edgeAdd(from: string, to: string, options: EdgeAddOptions): Promise<void> {
  const renames = (options.rename ?? []).map(parseRename);
  const edge = await withServices(openChosenHome(options), (ctx, actor) =>
    addEdge(ctx, actor, {
      from,
      to,
      refGlobs: options.refs,
      renames,
      mode: options.mode,
      approvalRules: options.approvals?.map(parseApprovals),
      approvalExpiryHours: options.approvalsExpire,
      isApprovalShared: options.sharedApprovals,
      verifyObjects: options.verifyObjects,
      requireSourceHead: options.requireSourceHead,
    }),
  );
  if (options.json) printJson(edge);
  else printLines([`Added the edge ${from} → ${to} for ${edge.refGlobs.join(', ')}.`]);
}

/** `treeline edge list`. */
export async function edgeList(options: HomeOptions & { json?: true }): Promise<void> {
  const edges = await withServices(openChosenHome(options), (ctx, actor) => listEdges(ctx, actor));
  if (options.json) printJson(edges);
  else {
    printTable(
      edges.map((edge) => [
        `${edge.from} → ${edge.to}`,
        edge.refGlobs.join(', '),
        edge.mode,
        `approvals: ${edge.approvalRules.map(printRule).join(', ')}`,
      ]),
    );
  }
}

function parseRename(text: string): { from: string; to: string } {
  const at = text.indexOf('=');
  if (at > 0 && at < text.length - 1) return { from: text.slice(0, at), to: text.slice(at + 1) };
  throw new AppError('usage', `--rename ${text} must have the form FROM=TO`);
}

/** `2`: so many reviewers; `security=1`: so many of a group. */
function parseApprovals(text: string): ApprovalRule {
  const match = /^(?:([a-z0-9][a-z0-9-]*)=)?(\d{1,3})$/.exec(text);
  const parsed = approvalRuleSchema.safeParse({ group: match?.[1] ?? null, required: Number(match?.[2]) });
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `--approvals ${text} must have the form N or GROUP=N, N from 1 to 5`);
}

function printRule({ group, required }: ApprovalRule): string {
  return group === null ? String(required) : `${group}=${required}`;
}
