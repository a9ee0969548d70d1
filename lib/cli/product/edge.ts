import type { CheckLevel, ExternalCheck } from '../../contracts/edge-checks';
import { type ApprovalRule, type AutomaticApproval, approvalRuleSchema } from '../../contracts/policy';
import { AppError } from '../../errors';
import { addEdge } from '../../services/add-edge';
import type { UpdateEdgeInput } from '../../services/edge-change';
import { listEdges } from '../../services/list-edges';
import { previewEdgeChange } from '../../services/preview-edge-change';
import { updateEdge } from '../../services/update-edge';
import { printJson, printLines, printNotice, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

export interface EdgeOptions extends HomeOptions {
  mode?: 'identity' | 'recommit';
  rename?: string[];
  approvals?: string[];
  approvalsExpire?: number;
  sharedApprovals?: boolean;
  soak?: number;
  versionCheck?: CheckLevel;
  fastForward?: CheckLevel;
  sourceFsck?: CheckLevel;
  check?: string[];
  advisoryCheck?: string[];
  /** commander: false where --no-checks is given. */
  checks: boolean;
  emergencyGroup?: string | false;
  emergencyReview?: number;
  automatic?: string[] | false;
  automaticApproval?: AutomaticApproval;
  verifyObjects?: boolean;
  requireSourceHead?: boolean;
  json?: true;
}

/** `treeline edge add`: a way from one stage to the next. */
export async function edgeAdd(
  from: string,
  to: string,
  options: EdgeOptions & { refs: string[] },
): Promise<void> {
  const input = { from, to, refGlobs: options.refs, ...inputOf(options) };
  const edge = await withServices(openChosenHome(options), (ctx, actor) => addEdge(ctx, actor, input));
  if (options.json) printJson(edge);
  else printLines([`Added the edge ${from} → ${to} for ${edge.refGlobs.join(', ')}.`]);
}

/** `treeline edge set`: changes what is named and nothing else, and says what that voids. */
export async function edgeSet(
  from: string,
  to: string,
  options: EdgeOptions & { refs?: string[] },
): Promise<void> {
  const { refs } = options;
  const change = { ...(refs !== undefined && { refGlobs: refs }), ...inputOf(options) };
  await withServices(openChosenHome(options), async (ctx, actor) => {
    const found = (await listEdges(ctx, actor)).find((each) => each.from === from && each.to === to);
    if (!found) {
      throw new AppError('not-found', `there is no edge from ${from} to ${to}; treeline edge list shows all`);
    }
    const effect = await previewEdgeChange(ctx, actor, { id: found.id, ...change });
    const edge = await updateEdge(ctx, actor, { id: found.id, ...change });
    if (options.json) printJson(edge);
    else if (effect.changes.length === 0) printLines([`The edge ${from} → ${to} is so already.`]);
    else printLines([`Changed the edge ${from} → ${to}: ${effect.changes.join(', ')}.`]);
    for (const { number, voided } of effect.promotions) {
      printNotice(`treeline: #${number} is stale, with ${voided.length} approvals void`);
    }
  });
}

/** The options as the service takes them; what is not given is not there. */
function inputOf(options: EdgeOptions): UpdateEdgeInput {
  const input: UpdateEdgeInput = {
    mode: options.mode,
    renames: options.rename?.map(parseRename),
    approvalRules: options.approvals?.map(parseApprovals),
    approvalExpiryHours: options.approvalsExpire,
    isApprovalShared: options.sharedApprovals,
    soakHours: options.soak,
    versionCheck: options.versionCheck,
    fastForwardCheck: options.fastForward,
    sourceFsckCheck: options.sourceFsck,
    externalChecks: externalChecksOf(options),
    emergencyGroup: options.emergencyGroup === false ? null : options.emergencyGroup,
    emergencyReviewHours: options.emergencyReview,
    automaticRefs: options.automatic === false ? [] : options.automatic,
    automaticApproval: options.automaticApproval,
    verifyObjects: options.verifyObjects,
    requireSourceHead: options.requireSourceHead,
  };
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
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
        edge.automaticRefs.length === 0
          ? ''
          : `automatic: ${edge.automaticRefs.join(', ')} (approval ${edge.automaticApproval})`,
        edge.emergencyGroup === null ? '' : `emergency: ${edge.emergencyGroup}`,
        edge.soakHours === 0 ? '' : `soak: ${edge.soakHours} h`,
        edge.externalChecks.length === 0
          ? ''
          : `checks: ${edge.externalChecks.map(({ name, level }) => `${name} (${level})`).join(', ')}`,
      ]),
    );
  }
}

/** All that are named take the place of those before; undefined where none is. */
function externalChecksOf({ check = [], advisoryCheck = [], checks }: EdgeOptions) {
  const named: ExternalCheck[] = [
    ...check.map((name) => ({ name, level: 'required' as const })),
    ...advisoryCheck.map((name) => ({ name, level: 'advisory' as const })),
  ];
  if (checks) return named.length === 0 ? undefined : named;
  if (named.length === 0) return named;
  throw new AppError('usage', 'give either --no-checks or the checks that are expected');
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
