import type { Reader } from '../db/client';
import type { Repo } from '../ostree/repo/open-repo';
import { type LastRun, readLastRun } from '../publish/last-run';

/**
 * The run that was published into the repository last, where the database does not have it: the database is older than the
 * repository then, restored from a backup for one. null where the two agree.
 *
 * @throws AppError `target-damaged`
 */
export async function findUnknownRun(db: Reader, repo: Repo): Promise<LastRun | null> {
  const last = readLastRun(repo);
  if (last === null) return null;
  // With its number, so that what other promotions do meanwhile says nothing of it.
  const where = { id: last.runId, promotion: { number: last.promotionNumber } };
  const [run, event] = await Promise.all([
    db.run.findFirst({ where, select: { state: true } }),
    db.auditEvent.findUnique({ where: { seq: last.eventSeq }, select: { hash: true } }),
  ]);
  if (run?.state !== 'done') return last;
  return event?.hash === last.eventHash ? null : last;
}
