import { approvalPolicyOf, type Plan } from '../contracts/promotion';
import { sponsorIdsSchema } from '../contracts/token';
import { type ApprovalMoment, type Decision, judgeApprovals } from './judge-approvals';
import { parsePlan, planChecksum } from './plan-checksum';
import { type WaiverRows, waiverOf } from './waiver';

/** A promotion's rows, as far as its approval goes. */
export interface ApprovalRows extends WaiverRows {
  planJson: string;
  planChecksum: string;
  approvals: readonly DecisionRow[];
}

export interface DecisionRow {
  reviewerId: string;
  decision: string;
  planChecksum: string;
  createdAt: Date;
  voided: { at: Date } | null;
}

/**
 * Proves from the rows that a plan may be carried out: its checksum is the one recomputed from it, enough distinct
 * people of the groups that it names, and none who asked for it, approved exactly this plan, their approvals hold at
 * that moment, and nobody rejected it; or that something lets it through without (a waiver). What a row says of itself
 * (a state, a checksum) is no proof.
 *
 * @returns the plan, or why there is none that may
 */
export function proveApproval(
  rows: ApprovalRows,
  moment: ApprovalMoment,
): { plan: Plan; why: null } | { plan: null; why: string } {
  let plan: Plan;
  let askerIds: string[];
  let what = 'as its plan is not a plan';
  try {
    plan = parsePlan(rows.planJson);
    what = 'of who asked is no list of people';
    askerIds = askersOf(rows);
  } catch {
    // Neither JSON nor what it should be: what exactly is wrong does not matter to anybody who has to refuse it.
    return { plan: null, why: `what is stored ${what}` };
  }
  if (planChecksum(plan) !== rows.planChecksum)
    return { plan: null, why: 'its plan is not the approved one' };
  const waiver = waiverOf(plan, rows);
  const judgement = judgeApprovals(
    {
      waiver,
      policy: approvalPolicyOf(plan),
      planChecksum: rows.planChecksum,
      askerIds,
      decisions: rows.approvals.map(decisionOf),
    },
    moment,
  );
  if (judgement.isApproved) return { plan, why: null };
  const why = waiver?.(moment.eligibility) ?? whyNotApproved(rows, plan, moment);
  return { plan: null, why };
}

/**
 * Those whose approval never counts: who asked, who planned it anew last, and the people behind the token of a program
 * that asked. @throws ZodError, SyntaxError where what is stored of them is no list
 */
export function askersOf(rows: Pick<ApprovalRows, 'requesterId' | 'replannedById' | 'sponsorIds'>): string[] {
  const replanner = rows.replannedById === null ? [] : [rows.replannedById];
  return [rows.requesterId, ...replanner, ...sponsorsOf(rows)];
}

/** The people behind the token that it was asked for with: who holds it and who made it. @throws as `askersOf` */
export function sponsorsOf(rows: Pick<ApprovalRows, 'sponsorIds'>): string[] {
  return sponsorIdsSchema.parse(JSON.parse(rows.sponsorIds));
}

/** A stored decision as the rules see it. Anything that is no approval counts as a rejection. */
export function decisionOf<Row extends DecisionRow>(row: Row): Decision & { row: Row } {
  return {
    reviewerId: row.reviewerId,
    decision: row.decision === 'approve' ? 'approve' : 'reject',
    planChecksum: row.planChecksum,
    createdAt: row.createdAt,
    voidedAt: row.voided?.at ?? null,
    row,
  };
}

/** Tells what was approved once from what never was. */
function whyNotApproved(rows: ApprovalRows, plan: Plan, { at }: ApprovalMoment): string {
  const ofThisPlan = rows.approvals.filter((each) => each.planChecksum === rows.planChecksum);
  if (ofThisPlan.some((each) => each.voided !== null && each.voided.at <= at)) {
    return 'an approval of its plan was voided';
  }
  const hours = approvalPolicyOf(plan).expiryHours;
  const isOld = (createdAt: Date) => createdAt.getTime() + hours * 3_600_000 < at.getTime();
  return ofThisPlan.some((each) => isOld(each.createdAt))
    ? `its approvals have expired (after ${hours} h)`
    : 'its plan is not approved';
}
