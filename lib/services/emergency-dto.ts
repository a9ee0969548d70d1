import type { EmergencyPolicy, RuleStateDto } from '../contracts/policy';
import {
  approvalPolicyOf,
  type EmergencyStateDto,
  emergencyOf,
  type PromotionDto,
} from '../contracts/promotion';
import { reviewGroups } from '../db/emergency-review';
import type { FullPromotion } from '../db/promotion';
import {
  groupsToReviewFor,
  judgeReviews,
  type Review,
  type ReviewSubject,
  type ReviewTimes,
  reviewStateOf,
} from '../promotion/emergency-review';
import type { Eligibility } from '../promotion/judge-approvals';
import { parsePlan } from '../promotion/plan-checksum';
import { ruleStateDto } from './rule-state-dto';

/** A stored review as the rules see it. */
type RowReview = Review & { row: FullPromotion['reviews'][number] };

/** The reviews of a promotion, oldest first. */
export function reviewsOf(row: FullPromotion): RowReview[] {
  return row.reviews.map((each) => ({ reviewerId: each.reviewerId, groups: reviewGroups(each), row: each }));
}

/** When the refs of an emergency began to move; null where they did not. */
export function committedAtOf(row: Pick<FullPromotion, 'state' | 'runs'>): Date | null {
  return row.state === 'running' || row.state === 'published' ? (row.runs.at(-1)?.committedAt ?? null) : null;
}

function reviewTimes(row: FullPromotion, { reviewHours }: EmergencyPolicy): ReviewTimes {
  return { committedAt: committedAtOf(row), reviewedAt: row.reviewedAt, reviewHours };
}

/** What decides who may review it; null where it is no emergency. */
export function reviewSubject(row: FullPromotion, now: Date): ReviewSubject<RowReview> | null {
  const plan = parsePlan(row.planJson);
  const emergency = emergencyOf(plan);
  if (emergency === null) return null;
  return {
    review: reviewStateOf(reviewTimes(row, emergency), now).state,
    policy: approvalPolicyOf(plan),
    requesterId: row.requesterId,
    reviews: reviewsOf(row),
  };
}

/** How far the review of an emergency is at `now`; null where it is none. */
export function emergencyStateDto(row: FullPromotion, now: Date): EmergencyStateDto | null {
  const emergency = emergencyOf(parsePlan(row.planJson));
  if (emergency === null) return null;
  const { state, dueAt } = reviewStateOf(reviewTimes(row, emergency), now);
  return {
    review: state,
    dueAt: dueAt?.toISOString() ?? null,
    hasObjection: row.reviews.some(({ verdict }) => verdict === 'objected'),
  };
}

/** What was said of it afterwards. */
export function reviewDtos(row: FullPromotion): PromotionDto['reviews'] {
  return row.reviews.map(({ reviewer, verdict, comment, createdAt }) => ({
    reviewer: reviewer.displayName,
    verdict: verdict === 'accepted' ? 'accepted' : 'objected',
    comment,
    at: createdAt.toISOString(),
  }));
}

/** The rules with who has satisfied them by a review and who still may; `names` are those of everybody, by id. */
export function reviewRuleDtos(
  subject: ReviewSubject<RowReview>,
  eligibility: Eligibility,
  names: ReadonlyMap<string, string>,
): RuleStateDto[] {
  const { policy, reviews, requesterId, review } = subject;
  return judgeReviews(policy, reviews).rules.map((rule) =>
    ruleStateDto(
      rule,
      [...names].filter(
        ([id]) =>
          review !== 'reviewed' &&
          id !== requesterId &&
          !reviews.some(({ reviewerId }) => reviewerId === id) &&
          groupsToReviewFor(policy, id, eligibility).includes(rule.group),
      ),
    ),
  );
}
