import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf, type PersonActor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type DecideInput,
  decideSchema,
  type PromotionDto,
  type PromotionState,
} from '../contracts/promotion';
import { inTransaction, type Transaction } from '../db/client';
import { type FullPromotion, findPromotion, insertApproval, movePromotion } from '../db/promotion';
import { enqueueRun } from '../db/run';
import { AppError } from '../errors';
import { countApprovals, whyNotDecide } from '../promotion/policy';
import { requireNextState } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { policyActor, policySubject } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Approves or rejects exactly the plan whose checksum is sent back. With the last approval that the plan asks for,
 * the run is queued, in the same transaction.
 *
 * @throws AppError `not-found`, `forbidden`, `own-request`, `already-decided`, `state-changed`; `plan-changed` where
 *   the promotion's plan is no longer the one that was looked at
 */
export async function decidePromotion(
  ctx: ServiceContext,
  actor: Actor,
  input: DecideInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.decide');
  const { number, ...rest } = input;
  const decision = parseInput(decideSchema, rest);
  if (actor.kind !== 'person') throw new AppError('forbidden', 'only people decide');
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    refuse(row, actor, decision.planChecksum);
    if (decision.decision === 'reject') await reject(tx, row, actor, decision, ctx.clock.now());
    else await approve(tx, row, actor, decision, ctx.clock.now());
  });
  return getPromotion(ctx, actor, number);
}

function refuse(row: FullPromotion, actor: PersonActor, planChecksum: string): void {
  const refusal = whyNotDecide(policySubject(row), policyActor(actor));
  if (refusal) throw refusalError(row.number, refusal);
  const isCurrent = planChecksum === row.planChecksum;
  // The edge's policy moves on only by update-edge, which makes its promotions stale; this is the second lock.
  const plan = policySubject(row);
  if (!isCurrent || row.edge.policyVersion !== policyVersionOf(row)) {
    throw new AppError(
      'plan-changed',
      `the plan of #${row.number} has changed; look at it again and decide anew`,
      {
        details: { promotion: row.number, planChecksum: plan.planChecksum },
      },
    );
  }
}

function policyVersionOf(row: FullPromotion): number {
  return (JSON.parse(row.planJson) as { policyVersion: number }).policyVersion;
}

async function reject(
  tx: Transaction,
  row: FullPromotion,
  actor: PersonActor,
  input: DecideInput,
  at: Date,
): Promise<void> {
  await addDecision(tx, row, actor, input, at);
  await move(tx, row, requireNextState(row.number, 'requested', 'reject'), { decidedAt: at, endedAt: at });
  await recordAudit(tx, {
    kind: 'promotion.rejected',
    at,
    actor: auditActorOf(actor),
    stage: row.edge.to.name,
    promotion: row.number,
    data: { planChecksum: row.planChecksum, comment: input.comment, session: actor.sessionId },
  });
}

async function approve(
  tx: Transaction,
  row: FullPromotion,
  actor: PersonActor,
  input: DecideInput,
  at: Date,
): Promise<void> {
  await addDecision(tx, row, actor, input, at);
  const before = policySubject(row);
  const decision = { reviewerId: actor.id, decision: 'approve' as const, planChecksum: row.planChecksum };
  const approvals = countApprovals({ ...before, decisions: [...before.decisions, decision] });
  const about = { at, actor: auditActorOf(actor), stage: row.edge.to.name, promotion: row.number };
  await recordAudit(tx, {
    kind: 'promotion.approved',
    ...about,
    data: {
      planChecksum: row.planChecksum,
      comment: input.comment,
      approvals,
      required: before.approvalsRequired,
      session: actor.sessionId,
    },
  });
  if (approvals < before.approvalsRequired) return;
  await move(tx, row, requireNextState(row.number, 'requested', 'approve'), { decidedAt: at });
  const attempt = await enqueueRun(tx, row.id, at);
  await recordAudit(tx, { kind: 'run.queued', ...about, data: { attempt } });
}

async function addDecision(
  tx: Transaction,
  row: FullPromotion,
  actor: PersonActor,
  input: DecideInput,
  createdAt: Date,
): Promise<void> {
  const { planChecksum, comment, decision } = input;
  const id = randomUUID();
  await insertApproval(tx, {
    id,
    promotionId: row.id,
    reviewerId: actor.id,
    decision,
    planChecksum,
    comment,
    createdAt,
  });
}

async function move(
  tx: Transaction,
  row: FullPromotion,
  to: PromotionState,
  times: { decidedAt: Date; endedAt?: Date },
): Promise<void> {
  if (await movePromotion(tx, row.id, 'requested', to, times)) return;
  throw new AppError('state-changed', `promotion #${row.number} was decided just now; look at it again`);
}
