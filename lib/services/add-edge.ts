import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { APPROVAL_EXPIRY_HOURS_DEFAULT, EMERGENCY_REVIEW_HOURS_DEFAULT } from '../contracts/policy';
import { type EdgeDto, type EdgeInput, edgeInputSchema } from '../contracts/stage';
import { inTransaction, type Transaction } from '../db/client';
import { findEdges, insertEdge } from '../db/edge';
import { findStageByName, type StageWithKeys } from '../db/stage';
import { AppError } from '../errors';
import { findRenameProblem } from '../promotion/check-renames';
import { ruleText } from '../promotion/fix-approval-policy';
import { readGroupNames } from './approval-settings';
import { refuseAutomaticRefs } from './edge-change';
import { edgeDto } from './edge-dto';
import { edgeRuleRows, groupIdOf } from './edge-rule-rows';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Lets refs be promoted from one stage to another.
 *
 * @throws AppError `not-found` for a stage or a group; `name-taken` where the edge exists; `input-invalid` for an edge onto
 *   itself or renames that two refs would share
 */
export async function addEdge(ctx: ServiceContext, actor: Actor, input: EdgeInput): Promise<EdgeDto> {
  authorise(actor, 'settings.write');
  const edge = parseInput(edgeInputSchema, input);
  if (edge.from === edge.to) throw invalid('to', 'an edge leads to another stage');
  const mode = edge.mode ?? 'identity';
  const renames = edge.renames ?? [];
  const problem = findRenameProblem(renames);
  if (problem) throw invalid('renames', problem);
  const automaticRefs = edge.automaticRefs ?? [];
  refuseAutomaticRefs({ refGlobs: edge.refGlobs, renames, automaticRefs });
  const at = ctx.clock.now();

  const approvalRules = edge.approvalRules ?? [{ group: null, required: 1 }];

  const { row, names } = await inTransaction(ctx.db, async (tx) => {
    const names = await readGroupNames(tx);
    const from = await requireStage(tx, edge.from, 'from');
    const to = await requireStage(tx, edge.to, 'to');
    const edges = await findEdges(tx);
    if (edges.some((each) => each.fromStageId === from.id && each.toStageId === to.id)) {
      throw new AppError(
        'name-taken',
        `there is an edge from ${from.name} to ${to.name} already; change that`,
      );
    }
    const added = await insertEdge(tx, {
      id: randomUUID(),
      fromStageId: from.id,
      toStageId: to.id,
      mode,
      refGlobs: JSON.stringify(edge.refGlobs),
      renames: JSON.stringify(renames),
      isolation: 'hardlink',
      verifyObjects: edge.verifyObjects ?? true,
      requireSourceHead: edge.requireSourceHead ?? false,
      approvalRules: JSON.stringify(edgeRuleRows(approvalRules, names)),
      approvalExpiryHours: edge.approvalExpiryHours ?? APPROVAL_EXPIRY_HOURS_DEFAULT,
      isApprovalShared: edge.isApprovalShared ?? false,
      soakHours: edge.soakHours ?? 0,
      versionCheck: edge.versionCheck ?? 'off',
      fastForwardCheck: edge.fastForwardCheck ?? 'advisory',
      sourceFsckCheck: edge.sourceFsckCheck ?? 'off',
      externalChecks: JSON.stringify((edge.externalChecks ?? []).map(({ name, level }) => ({ name, level }))),
      emergencyGroupId: edge.emergencyGroup == null ? null : groupIdOf(edge.emergencyGroup, names),
      emergencyReviewHours: edge.emergencyReviewHours ?? EMERGENCY_REVIEW_HOURS_DEFAULT,
      automaticRefs: JSON.stringify(automaticRefs),
      automaticApproval: edge.automaticApproval ?? 'as-usual',
      policyVersion: 1,
      createdAt: at,
    });
    const { refGlobs } = edge;
    const approvalsRequired = approvalRules.reduce((sum, rule) => sum + rule.required, 0);
    const rules = approvalRules.map(ruleText);
    await recordAudit(tx, {
      kind: 'edge.added',
      at,
      actor: auditActorOf(actor),
      stage: to.name,
      data: {
        from: from.name,
        to: to.name,
        mode,
        refGlobs,
        approvalsRequired,
        rules,
        ...(automaticRefs.length > 0 && {
          automatic: { refs: automaticRefs, approval: edge.automaticApproval ?? 'as-usual' },
        }),
        ...(edge.emergencyGroup != null && { emergencyGroup: edge.emergencyGroup }),
      },
    });
    return { row: added, names };
  });
  return edgeDto(row, names);
}

async function requireStage(tx: Transaction, name: string, field: string): Promise<StageWithKeys> {
  const stage = await findStageByName(tx, name);
  if (stage) return stage;
  throw new AppError('not-found', `there is no stage called ${name}; add it first`, { details: { field } });
}

function invalid(field: string, message: string): AppError {
  return new AppError('input-invalid', `${field}: ${message}`, { details: { field } });
}
