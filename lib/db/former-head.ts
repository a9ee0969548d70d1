import { proveApprovedPlan } from '../promotion/prove-published';
import type { Reader } from './client';

/** How many promotions are looked at: further back goes only who names a commit. */
const promotionsMax = 200;

/** A commit that a ref of a stage was at, by the plan of a promotion that replaced it or put it there. */
export interface FormerHead {
  checksum: string;
  /** The last promotion that put it there; of what none put there, the last that replaced it. */
  promotion: number;
}

/**
 * Where a ref has been, newest first, as far as promotions tell: each with the last one of them that its rows prove. Names of
 * commits alone: whether they are still there is for the repository to say.
 *
 * @param checksums asks for these only
 */
export async function findFormerHeads(
  db: Reader,
  stageId: string,
  ref: string,
  checksums: readonly string[] | null = null,
): Promise<FormerHead[]> {
  const among = { in: [...(checksums ?? [])] };
  const isIt = checksums === null ? {} : { OR: [{ resultingChecksum: among }, { expectedChecksum: among }] };
  const promotions = await db.promotion.findMany({
    where: { state: 'published', edge: { toStageId: stageId }, refs: { some: { targetRef: ref, ...isIt } } },
    include: {
      approvals: { include: { voided: true } },
      runs: { where: { state: 'done' } },
      edge: true,
    },
    orderBy: { number: 'desc' },
    take: promotionsMax,
  });
  const found = new Map<string, FormerHead & { isPutThere: boolean }>();
  for (const promotion of promotions) {
    const planned = proveApprovedPlan(promotion)?.refs.find((each) => each.targetRef === ref);
    for (const each of [planned?.resultingChecksum, planned?.expectedChecksum]) {
      if (each == null || (checksums !== null && !checksums.includes(each))) continue;
      const isPutThere = each === planned?.resultingChecksum;
      const known = found.get(each);
      if (known && (known.isPutThere || !isPutThere)) continue;
      found.set(each, { checksum: each, promotion: promotion.number, isPutThere });
    }
  }
  return [...found.values()];
}

/** Commits that promotions name for a ref of a stage, newest first; whether it was there their rows are still to prove. */
export async function findNamedCommits(db: Reader, stageId: string, ref: string): Promise<string[]> {
  const rows = await db.promotionRef.findMany({
    where: { targetRef: ref, promotion: { state: 'published', edge: { toStageId: stageId } } },
    select: { resultingChecksum: true, expectedChecksum: true },
    orderBy: { promotion: { number: 'desc' } },
    take: promotionsMax,
  });
  const named = rows.flatMap((row) => [row.resultingChecksum, row.expectedChecksum]);
  return [...new Set(named.filter((checksum) => checksum !== null))];
}
