import type { Plan } from '../contracts/promotion';
import { CLOCK_TOLERANCE_SECONDS } from './judge-approvals';
import { type ApprovalRows, proveApproval } from './prove-approval';

/** The rows of a promotion that says it was published. */
export interface PublishedRows extends ApprovalRows {
  runs: readonly { committedAt: Date | null }[];
}

/**
 * The plan of a published promotion; null where its rows do not prove it. Its approvals had to hold when its refs were moved;
 * who has left a group since, or which policy there is now, changes nothing of it.
 */
export function proveApprovedPlan(promotion: PublishedRows): Plan | null {
  const at = promotion.runs.at(-1)?.committedAt ?? lastDecision(promotion);
  const moment = { at, eligibility: null, toleranceSeconds: CLOCK_TOLERANCE_SECONDS };
  return proveApproval(promotion, moment).plan;
}

/** Runs of the time before that moment was recorded, when approvals did not expire, are judged by their last decision. */
function lastDecision({ approvals }: ApprovalRows): Date {
  return new Date(Math.max(0, ...approvals.map((each) => each.createdAt.getTime())));
}
