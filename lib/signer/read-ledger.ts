import type { Reader } from '../db/client';
import { CLOCK_TOLERANCE_SECONDS } from '../promotion/judge-approvals';
import { type ApprovalRows, proveApproval } from '../promotion/prove-approval';

/**
 * What the database knows the refs of a stage to be. A row that a promotion wrote counts only where that
 * promotion's own plan, proven by its approvals, put this commit there; else its value is null.
 */
export async function readLedger(db: Reader, stageId: string): Promise<Map<string, string | null>> {
  const rows = await db.ledgerRef.findMany({ where: { stageId } });
  const numbers = rows.flatMap((row) => (row.promotionNumber === null ? [] : [row.promotionNumber]));
  const promotions = await db.promotion.findMany({
    where: { number: { in: [...new Set(numbers)] }, state: 'published', edge: { toStageId: stageId } },
    include: {
      approvals: { include: { voided: true } },
      runs: { where: { state: 'done' } },
      edge: true,
    },
  });
  const results = new Map<number, Map<string, string>>();
  for (const promotion of promotions) results.set(promotion.number, provenResults(promotion));
  return new Map(
    rows.map((row) => {
      if (row.origin === 'adopted') return [row.ref, row.checksum];
      const isProven = results.get(row.promotionNumber ?? 0)?.get(row.ref) === row.checksum;
      return [row.ref, isProven ? row.checksum : null];
    }),
  );
}

interface Published extends ApprovalRows {
  runs: readonly { committedAt: Date | null }[];
}

/**
 * What a published promotion put where; nothing where its rows do not prove it. Its approvals had to hold when its refs
 * were moved; who has left a group since, or which policy there is now, changes nothing of it.
 */
function provenResults(promotion: Published): Map<string, string> {
  const at = promotion.runs.at(-1)?.committedAt ?? lastDecision(promotion);
  const { plan } = proveApproval(promotion, {
    at,
    eligibility: null,
    toleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  });
  return new Map(plan?.refs.map((each) => [each.targetRef, each.resultingChecksum]));
}

/** Runs of the time before that moment was recorded, when approvals did not expire, are judged by their last decision. */
function lastDecision({ approvals }: ApprovalRows): Date {
  return new Date(Math.max(0, ...approvals.map((each) => each.createdAt.getTime())));
}
