import { parsePlan } from '../promotion/plan-checksum';
import { ROLLBACK_WINDOW_DAYS, retryableStates } from '../promotion/retirement';
import { openStates } from '../promotion/state-machine';
import type { Reader } from './client';

/**
 * Commits of a stage that may not go, whatever its refs lead to: those that a promotion from it or into it names that is
 * open, or ended in the last 30 days and could be retried; and those that a ref which it still has was at in the last 30 days, by what was published, since
 * somebody may roll back to them.
 *
 * @param refs that the stage has now
 */
export async function findNeededCommits(
  db: Reader,
  stageId: string,
  refs: ReadonlySet<string>,
  now: Date,
): Promise<Set<string>> {
  const since = new Date(now.getTime() - ROLLBACK_WINDOW_DAYS * 86_400_000);
  const isOpen = { state: { in: [...openStates] } };
  const isRetryable = { state: { in: [...retryableStates] }, endedAt: { gte: since } };
  const isHere = [{ fromStageId: stageId }, { toStageId: stageId }];
  const open = await db.promotion.findMany({
    where: { OR: [isOpen, isRetryable], edge: { OR: isHere } },
    select: { planJson: true },
  });
  const published = await db.promotion.findMany({
    where: { state: 'published', endedAt: { gte: since }, edge: { toStageId: stageId } },
    select: { planJson: true },
  });
  const needed = new Set<string>();
  const add = (checksum: string | null) => {
    if (checksum !== null) needed.add(checksum);
  };
  for (const { planJson } of open) {
    for (const { sourceChecksum, expectedChecksum, resultingChecksum } of parsePlan(planJson).refs) {
      for (const each of [sourceChecksum, expectedChecksum, resultingChecksum]) add(each);
    }
  }
  for (const { planJson } of published) {
    for (const { targetRef, expectedChecksum, resultingChecksum } of parsePlan(planJson).refs) {
      if (!refs.has(targetRef)) continue;
      add(expectedChecksum);
      add(resultingChecksum);
    }
  }
  return needed;
}
