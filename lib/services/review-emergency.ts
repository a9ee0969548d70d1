import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type PromotionDto, type ReviewEmergencyInput, reviewEmergencySchema } from '../contracts/promotion';
import { inTransaction } from '../db/client';
import { insertEmergencyReview, noteReviewed } from '../db/emergency-review';
import { readEligibility } from '../db/group';
import { findPromotion } from '../db/promotion';
import { AppError } from '../errors';
import { groupsToReviewFor, judgeReviews, whyNotReview } from '../promotion/emergency-review';
import { reviewSubject } from './emergency-dto';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { policyActor } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Says afterwards what somebody who could have approved an emergency thinks of it. With the review that satisfies the last
 * of its rules it is reviewed. What is said stands for ever, and changes nothing in the target.
 *
 * @throws AppError `not-found`; `forbidden`, `own-request`, `already-decided`; `state-changed` where it is no emergency,
 *   nothing was published, or it is reviewed
 */
export async function reviewEmergency(
  ctx: ServiceContext,
  actor: Actor,
  input: ReviewEmergencyInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.decide', SOME_STAGE);
  if (actor.kind !== 'person') throw new AppError('forbidden', 'only people review');
  const { number, ...rest } = input;
  const { verdict, comment } = parseInput(reviewEmergencySchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    authorise(actor, 'promotion.decide', row.edge.to);
    const subject = reviewSubject(row, at);
    if (!subject) throw new AppError('state-changed', `promotion #${number}: it is no emergency`);
    const eligibility = await readEligibility(tx, row.edge.toStageId);
    const refusal = whyNotReview(subject, policyActor(actor, row.edge.to), eligibility);
    if (refusal) throw refusalError(number, refusal);
    const groups = groupsToReviewFor(subject.policy, actor.id, eligibility);
    const given = { reviewerId: actor.id, groups };
    const { isDone } = judgeReviews(subject.policy, [...subject.reviews, given]);
    await insertEmergencyReview(tx, {
      id: randomUUID(),
      promotionId: row.id,
      reviewerId: actor.id,
      verdict,
      comment,
      groupsJson: JSON.stringify(groups),
      createdAt: at,
    });
    if (isDone) await noteReviewed(tx, row.id, at);
    await recordAudit(tx, {
      kind: 'emergency.reviewed',
      at,
      actor: auditActorOf(actor),
      stage: row.edge.to.name,
      promotion: number,
      data: { verdict, comment, isComplete: isDone, session: actor.sessionId },
    });
  });
  return getPromotion(ctx, actor, number);
}
