import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf, type PersonActor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
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
import { ruleText } from '../promotion/fix-approval-policy';
import { type Decision, judgeApprovals } from '../promotion/judge-approvals';
import { whyNotApprove, whyNotReject } from '../promotion/policy';
import { requireNextState } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { type PolicyMoment, readPolicyMoment } from './policy-moment';
import { policyActor, policySubject } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Approves or rejects exactly the plan whose checksum is sent back. With the approval that satisfies the last rule of
 * the plan, the run is queued, in the same transaction.
 *
 * @throws AppError `not-found`, `forbidden`, `own-request`, `already-decided`, `state-changed`; `plan-changed` where
 *   the promotion's plan is no longer the one that was looked at
 */
export async function decidePromotion(
  ctx: ServiceContext,
  actor: Actor,
  input: DecideInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.decide', SOME_STAGE);
  const { number, ...rest } = input;
  const decision = parseInput(decideSchema, rest);
  if (actor.kind !== 'person') throw new AppError('forbidden', 'only people decide');
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    const moment = await readPolicyMoment(tx, ctx.clock.now());
    refuse(row, actor, decision, moment);
    if (decision.decision === 'reject') await reject(tx, row, actor, decision, moment.at);
    else await approve(tx, row, actor, decision, moment);
  });
  return getPromotion(ctx, actor, number);
}

function refuse(row: FullPromotion, actor: PersonActor, input: DecideInput, moment: PolicyMoment): void {
  const whyNot = input.decision === 'approve' ? whyNotApprove : whyNotReject;
  const refusal = whyNot(policySubject(row, moment), policyActor(actor, row.edge.to));
  if (refusal) throw refusalError(row.number, refusal);
  const isCurrent = input.planChecksum === row.planChecksum;
  // The edge's policy moves on only by update-edge, which makes its promotions stale; this is the second lock.
  if (!isCurrent || row.edge.policyVersion !== policyVersionOf(row)) {
    throw new AppError(
      'plan-changed',
      `the plan of #${row.number} has changed; look at it again and decide anew`,
      {
        details: { promotion: row.number, planChecksum: row.planChecksum },
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
  moment: PolicyMoment,
): Promise<void> {
  const { at } = moment;
  await addDecision(tx, row, actor, input, at);
  const before = policySubject(row, moment);
  const given: Decision = {
    reviewerId: actor.id,
    decision: 'approve',
    planChecksum: row.planChecksum,
    createdAt: at,
    voidedAt: null,
  };
  const judgement = judgeApprovals({ ...before, decisions: [...before.decisions, given] }, before.moment);
  const about = { at, actor: auditActorOf(actor), stage: row.edge.to.name, promotion: row.number };
  await recordAudit(tx, {
    kind: 'promotion.approved',
    ...about,
    data: {
      planChecksum: row.planChecksum,
      comment: input.comment,
      approvals: judgement.given,
      required: judgement.required,
      session: actor.sessionId,
      open: judgement.rules.filter((rule) => !rule.isSatisfied).map(ruleText),
    },
  });
  if (!judgement.isApproved) return;
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
  const earlier = row.approvals.filter(
    (each) => each.reviewerId === actor.id && each.planChecksum === planChecksum,
  );
  await insertApproval(tx, {
    id,
    promotionId: row.id,
    reviewerId: actor.id,
    decision,
    planChecksum,
    round: earlier.length + 1,
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
