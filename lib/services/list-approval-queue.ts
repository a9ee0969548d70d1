import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { ApprovalQueueDto, QueuedPromotionDto } from '../contracts/promotion';
import { findUnreviewed } from '../db/emergency-review';
import { type FullPromotion, findPromotions } from '../db/promotion';
import { whyNotReview } from '../promotion/emergency-review';
import { findOpenRules, whyNotApprove } from '../promotion/policy';
import { reviewSubject } from './emergency-dto';
import { type PolicyMoment, readPolicyMoment } from './policy-moment';
import { policyActor, policySubject, promotionRowDto } from './promotion-dto';
import { contextAtOneHead, type ServiceContext } from './service-context';

/** Far more than anybody decides in a day. */
const QUEUE_MAX = 200;

/**
 * What waits for approval, oldest first: apart, what the acting person could approve by a rule that lacks somebody, and
 * the rest. Each says which rules are open. And emergencies whose review is not complete, what is due first first.
 */
export async function listApprovalQueue(context: ServiceContext, actor: Actor): Promise<ApprovalQueueDto> {
  authorise(actor, 'read');
  const ctx = contextAtOneHead(context);
  const db = await ctx.atHead();
  const [requested, unreviewed, moment] = await Promise.all([
    findPromotions(db, { states: ['requested'] }, QUEUE_MAX),
    findUnreviewed(db),
    readPolicyMoment(db, ctx.clock.now()),
  ]);
  const waitingForMe: QueuedPromotionDto[] = [];
  const others: QueuedPromotionDto[] = [];
  for (const row of requested.toReversed()) {
    const person = policyActor(actor, row.edge.to);
    const subject = policySubject(row, moment);
    const open = findOpenRules(subject, person);
    const isMine = whyNotApprove(subject, person) === null && open.some((rule) => rule.isForMe);
    (isMine ? waitingForMe : others).push({ ...promotionRowDto(row, moment), open });
  }
  return { waitingForMe, others, reviews: reviewsOf(unreviewed, actor, moment) };
}

function reviewsOf(
  rows: readonly FullPromotion[],
  actor: Actor,
  moment: PolicyMoment,
): ApprovalQueueDto['reviews'] {
  return rows
    .flatMap((row) => {
      const subject = reviewSubject(row, moment.at);
      if (subject === null || subject.review === 'none') return [];
      const { eligibility } = moment.on(row.edge.toStageId);
      const isForMe = whyNotReview(subject, policyActor(actor, row.edge.to), eligibility) === null;
      return [{ ...promotionRowDto(row, moment), isForMe }];
    })
    .sort((a, b) => ((a.emergency?.dueAt ?? '') < (b.emergency?.dueAt ?? '') ? -1 : 1));
}
