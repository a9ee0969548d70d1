import type { ApprovalPolicy } from '../contracts/policy';
import type { ReviewState } from '../contracts/promotion';
import { ruleText } from './fix-approval-policy';
import { type Eligibility, fillRules } from './judge-approvals';
import { type PolicyActor, type Refusal, roleRefusal } from './policy';

/** One review of an emergency, and the rules (by their groups) that its giver could satisfy when it was given. */
export interface Review {
  reviewerId: string;
  groups: readonly (string | null)[];
}

export interface ReviewJudgement<R extends Review> {
  /** The rules of the policy, in its order, with the reviews that satisfy each. */
  rules: { group: string | null; required: number; by: R[]; isSatisfied: boolean }[];
  isDone: boolean;
}

/** Whether as many people have looked at it afterwards as would have had to approve it: by the same rules. */
export function judgeReviews<R extends Review>(
  policy: ApprovalPolicy,
  reviews: readonly R[],
): ReviewJudgement<R> {
  const assigned = fillRules(policy, reviews, ({ group }, { groups }) => groups.includes(group));
  const judged = policy.rules.map(({ group, required }, at) => {
    const by = assigned[at] ?? [];
    return { group, required, by, isSatisfied: by.length >= required };
  });
  return { rules: judged, isDone: judged.every((rule) => rule.isSatisfied) };
}

/**
 * Groups of the rules that somebody could satisfy by a review now; null stands for all reviewers. Where a group has lost
 * everybody who could, any reviewer may in its place: what was published has to be looked at by somebody.
 */
export function groupsToReviewFor(
  { rules }: ApprovalPolicy,
  personId: string,
  { reviewers, groups }: Eligibility,
): (string | null)[] {
  if (!reviewers.has(personId)) return [];
  return rules.flatMap(({ group }) => {
    const members = group === null ? reviewers : (groups.get(group) ?? new Set());
    return members.size === 0 || members.has(personId) ? [group] : [];
  });
}

export interface ReviewTimes {
  /** When its refs began to move; null where they did not. */
  committedAt: Date | null;
  reviewedAt: Date | null;
  reviewHours: number;
}

/** How far the review of an emergency is at `now`, and until when it has to be done. */
export function reviewStateOf(
  { committedAt, reviewedAt, reviewHours }: ReviewTimes,
  now: Date,
): { state: ReviewState; dueAt: Date | null } {
  if (committedAt === null) return { state: 'none', dueAt: null };
  const dueAt = new Date(committedAt.getTime() + reviewHours * 3_600_000);
  if (reviewedAt !== null) return { state: 'reviewed', dueAt };
  return { state: now > dueAt ? 'overdue' : 'due', dueAt };
}

export interface ReviewSubject<R extends Review = Review> {
  review: ReviewState;
  policy: ApprovalPolicy;
  requesterId: string;
  reviews: readonly R[];
}

/** Those who could have approved it review it, never who asked, each once, as long as it lacks somebody. */
export function whyNotReview(
  { review, policy, requesterId, reviews }: ReviewSubject,
  actor: Pick<PolicyActor, 'id' | 'stageRole' | 'mayDecide'>,
  eligibility: Eligibility,
): Refusal | null {
  if (!actor.mayDecide || actor.id === null) return roleRefusal('only reviewers review', actor);
  if (actor.id === requesterId) {
    return { code: 'own-request', why: 'you asked for it: somebody else has to review it' };
  }
  if (review === 'none') return { code: 'state-changed', why: 'none of its refs has moved' };
  if (reviews.some(({ reviewerId }) => reviewerId === actor.id)) {
    return { code: 'already-decided', why: 'you have reviewed it already' };
  }
  if (review === 'reviewed') return { code: 'state-changed', why: 'it is reviewed' };
  if (groupsToReviewFor(policy, actor.id, eligibility).length > 0) return null;
  const asked = policy.rules.map(ruleText).join(' and ');
  return { code: 'forbidden', why: `its rules ask for ${asked}, and you are in none of them` };
}
