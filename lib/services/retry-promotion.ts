import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf, type PersonActor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import {
  automaticOf,
  isRemoval,
  type PlanResultDto,
  type PromotionDto,
  type PromotionState,
} from '../contracts/promotion';
import { inTransaction, type Transaction } from '../db/client';
import { findEdgeById } from '../db/edge';
import { type FullPromotion, findPromotion, movePromotion, replacePlan } from '../db/promotion';
import { enqueueRun } from '../db/run';
import { AppError } from '../errors';
import { judgeApprovals } from '../promotion/judge-approvals';
import { parsePlan, planJson } from '../promotion/plan-checksum';
import { whyNotRetry } from '../promotion/policy';
import { sponsorsOf } from '../promotion/prove-approval';
import { requireNextState } from '../promotion/state-machine';
import { countingApprovals, voidApprovals } from './approval-effects';
import { refuseBlocked } from './create-promotion';
import { getPromotion } from './get-promotion';
import { makePlan } from './make-plan';
import { type PolicyMoment, readPolicyMoment } from './policy-moment';
import { policyActor, policySubject, stateOf } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';
import { noteSourceCommits, promotionRefs } from './store-promotion';
import { withdrawOverrides } from './withdraw-overrides';

/**
 * Tries a failed or stale promotion again. A failed one runs the plan that was approved. A stale one is planned anew, for
 * the commits that were asked for: where the plan comes out the same and its approvals still hold, it runs; where it
 * comes out another, or they have expired or are void, it waits for approval again. Who plans it anew may approve it no
 * more than who asked.
 *
 * @throws AppError `not-found`, `forbidden`, `state-changed`, `plan-blocked`, `nothing-to-promote`; as `makePlan`
 */
export async function retryPromotion(
  ctx: ServiceContext,
  actor: Actor,
  number: number,
): Promise<PromotionDto> {
  authorise(actor, 'promotion.retry', SOME_STAGE);
  if (actor.kind !== 'person') throw new AppError('forbidden', 'only people retry');
  const before = await findPromotion(ctx.db, number);
  const momentBefore = await readPolicyMoment(ctx.db, ctx.clock.now());
  const looked = requireRetryable(before, number, actor, momentBefore);
  const mustPlan = await mustPlanAnew(ctx, looked);
  if (mustPlan) refuseNewPlan(looked);
  const replanned = mustPlan ? await planAgain(ctx, looked) : null;
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const moment = await readPolicyMoment(tx, at);
    const row = requireRetryable(await findPromotion(tx, number), number, actor, moment);
    if (row.planChecksum !== looked.planChecksum || row.state !== looked.state) {
      throw new AppError('state-changed', `promotion #${number} has changed just now; look at it again`);
    }
    const isSame = replanned === null || replanned.planChecksum === row.planChecksum;
    const subject = policySubject(row, moment);
    const { isApproved } = judgeApprovals(subject, subject.moment);
    if (!isApproved && subject.waiver) refuseNewPlan(row);
    if (isSame && isApproved) await runAgain(tx, row, actor, at);
    else await askAgain(tx, row, actor, moment, replanned);
  });
  return getPromotion(ctx, actor, number);
}

function requireRetryable(
  row: FullPromotion | null,
  number: number,
  actor: PersonActor,
  moment: PolicyMoment,
): FullPromotion {
  if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
  const refusal = whyNotRetry(policySubject(row, moment), policyActor(actor, row.edge.to));
  if (refusal) throw refusalError(number, refusal);
  return row;
}

/** A failed run says nothing against its plan, unless the edge has another policy by now. */
async function mustPlanAnew(ctx: ServiceContext, row: FullPromotion): Promise<boolean> {
  if (row.state === 'stale') return true;
  const edge = await findEdgeById(ctx.db, row.edgeId);
  return edge?.policyVersion !== parsePlan(row.planJson).policyVersion;
}

/** What runs without approvals, or nobody asked for, is asked for anew. @throws AppError `state-changed` */
function refuseNewPlan(row: FullPromotion): void {
  const isAutomatic = automaticOf(parsePlan(row.planJson)) !== null;
  if (!row.isEmergency && !isAutomatic) return;
  const why = isAutomatic
    ? 'the edge has changed since Treeline asked for it; it is asked for anew by itself'
    : 'what let it through without approval has changed; ask for another emergency';
  throw new AppError('state-changed', `promotion #${row.number}: ${why}`);
}

async function planAgain(ctx: ServiceContext, row: FullPromotion): Promise<PlanResultDto> {
  const { kind, refs, notBefore } = parsePlan(row.planJson);
  const asked = {
    kind,
    edge: row.edgeId,
    // Where a ref is to be removed, it is whatever it is at.
    refs: refs.map(({ sourceRef: ref, sourceChecksum: checksum }) =>
      isRemoval({ kind }) ? { ref } : { ref, checksum },
    ),
    notBefore,
  };
  const newest = row.refs.filter((ref) => !ref.isOlderChoice).map((ref) => ref.targetRef);
  const how = { sponsorIds: sponsorsOf(row), askedAsNewest: new Set(newest) };
  const result = await makePlan(ctx, asked, how);
  refuseBlocked(result);
  return result;
}

async function runAgain(tx: Transaction, row: FullPromotion, actor: PersonActor, at: Date): Promise<void> {
  const to = requireNextState(row.number, stateOf(row), 'retry-same-plan');
  await move(tx, row, to, null);
  const attempt = await enqueueRun(tx, row.id, at);
  const about = { at, actor: auditActorOf(actor), stage: row.edge.to.name, promotion: row.number };
  const data = { attempt, planChecksum: row.planChecksum };
  await recordAudit(tx, { kind: 'promotion.retried', ...about, data });
  await recordAudit(tx, { kind: 'run.queued', ...about, data: { attempt } });
}

async function askAgain(
  tx: Transaction,
  row: FullPromotion,
  actor: PersonActor,
  moment: PolicyMoment,
  result: PlanResultDto | null,
): Promise<void> {
  const { at } = moment;
  const to = requireNextState(row.number, stateOf(row), 'retry-new-plan');
  await move(tx, row, to, null);
  const about = { at, actor: auditActorOf(actor), stage: row.edge.to.name, promotion: row.number };
  const isNew = result !== null && result.planChecksum !== row.planChecksum;
  const lost = isNew ? countingApprovals(row, moment) : [];
  if (result !== null) {
    const { plan, planChecksum, facts } = result;
    await noteSourceCommits(tx, plan, at);
    const replannedById = isNew ? actor.id : row.replannedById;
    const stored = {
      planJson: planJson(plan),
      planChecksum,
      factsJson: JSON.stringify(facts),
      replannedById,
    };
    await replacePlan(tx, row.id, stored, promotionRefs(result));
  }
  if (isNew) await withdrawOverrides(tx, row, about);
  await voidApprovals(tx, lost, { ...about, why: 'it was planned anew, and the plan is another' });
  const planChecksum = result?.planChecksum ?? row.planChecksum;
  await recordAudit(tx, {
    kind: 'promotion.replanned',
    ...about,
    data: { from: row.planChecksum, to: planChecksum, voided: lost.length },
  });
}

async function move(
  tx: Transaction,
  row: FullPromotion,
  to: PromotionState,
  endedAt: Date | null,
): Promise<void> {
  if (await movePromotion(tx, row.id, stateOf(row), to, { endedAt })) return;
  throw new AppError('state-changed', `promotion #${row.number} has changed just now; look at it again`);
}
