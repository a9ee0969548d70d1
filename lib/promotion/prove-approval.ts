import type { Plan } from '../contracts/promotion';
import { parsePlan, planChecksum } from './plan-checksum';
import { countApprovals } from './policy';

/** A promotion's rows, as far as its approval goes. */
export interface ApprovalRows {
  planJson: string;
  planChecksum: string;
  requesterId: string;
  approvals: readonly { reviewerId: string; decision: string; planChecksum: string }[];
}

/**
 * Proves from the rows that a plan may be carried out: its checksum is the one recomputed from it, enough distinct
 * people other than the requester approved exactly this plan, and nobody rejected it. What a row says of itself (a
 * state, a checksum) is no proof.
 *
 * @returns the plan, or why there is none that may
 */
export function proveApproval(rows: ApprovalRows): { plan: Plan; why: null } | { plan: null; why: string } {
  let plan: Plan;
  try {
    plan = parsePlan(rows.planJson);
  } catch {
    // Neither JSON nor a plan: what exactly is wrong with it does not matter to anybody who has to refuse it.
    return { plan: null, why: 'what is stored as its plan is not a plan' };
  }
  if (planChecksum(plan) !== rows.planChecksum)
    return { plan: null, why: 'its plan is not the approved one' };
  const decisions = rows.approvals.map((each) => ({
    reviewerId: each.reviewerId,
    decision: each.decision === 'approve' ? ('approve' as const) : ('reject' as const),
    planChecksum: each.planChecksum,
  }));
  const approvals = countApprovals({
    state: 'running',
    requesterId: rows.requesterId,
    planChecksum: rows.planChecksum,
    approvalsRequired: plan.approvalsRequired,
    decisions,
  });
  const isRejected = decisions.some(
    (each) => each.decision === 'reject' && each.planChecksum === rows.planChecksum,
  );
  if (isRejected || approvals < Math.max(1, plan.approvalsRequired)) {
    return { plan: null, why: 'its plan is not approved' };
  }
  return { plan, why: null };
}
