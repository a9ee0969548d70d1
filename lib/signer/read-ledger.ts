import type { Reader } from '../db/client';
import { type PublishedRows, proveApprovedPlan } from '../promotion/prove-published';

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
  const results = new Map<number, ReturnType<typeof provenResults>>();
  for (const promotion of promotions) results.set(promotion.number, provenResults(promotion));
  return new Map(
    rows.map((row) => {
      if (row.origin === 'adopted') return [row.ref, row.checksum];
      const isProven = results.get(row.promotionNumber ?? 0)?.get(row.ref) === row.checksum;
      return [row.ref, isProven ? row.checksum : null];
    }),
  );
}

/** What a published promotion put where; nothing where its rows do not prove it. */
function provenResults(promotion: PublishedRows): Map<string, string | null> {
  return new Map(proveApprovedPlan(promotion)?.refs.map((each) => [each.targetRef, each.resultingChecksum]));
}
