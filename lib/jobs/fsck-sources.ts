import { type CommitToFsck, findCommitToFsck, upsertSourceFsck } from '../db/source-fsck';
import { AppError, isAppError } from '../errors';
import { parseChecksum } from '../ostree/format/checksum';
import { tryLockRepo } from '../ostree/write/lock';
import type { WaitingRuns } from './due-runs';
import { openStage } from './open-stage';
import { verifyObjectsOf } from './verify-heads';
import type { WorkerContext } from './worker-context';

/** How long after damage was found a commit is looked at again, in milliseconds: somebody may have repaired it. */
const lookAgainMilliseconds = 10 * 60_000;

/**
 * Where an edge asks for it: hashes every object of one source commit of a promotion that waits, and notes what was found.
 * Stops at once when a run is to be taken up; what was begun is done anew another time.
 *
 * @returns whether there was a commit to look at, and it was gone through
 */
export async function fsckOneSource(
  ctx: WorkerContext,
  signal: AbortSignal,
  waiting: WaitingRuns,
): Promise<boolean> {
  const before = new Date(ctx.clock.now().getTime() - lookAgainMilliseconds);
  const wanted = await findCommitToFsck(ctx.db, before);
  if (wanted === null) return false;
  const found = await lookAt(ctx, wanted, { signal, waiting });
  if (found === null) return false;
  const { stage, checksum } = wanted;
  await upsertSourceFsck(ctx.db, { stageId: stage.id, checksum, checkedAt: ctx.clock.now(), ...found });
  const line = { stage: stage.name, commit: checksum, ...found };
  if (found.damage === null) ctx.log.info(line, 'hashed a source commit');
  else ctx.log.warn(line, 'a source commit is damaged');
  return true;
}

/** How many objects there are, or what is wrong with the first that isn't whole; null where it was stopped. */
async function lookAt(
  ctx: WorkerContext,
  { stage, checksum }: CommitToFsck,
  how: { signal: AbortSignal; waiting: WaitingRuns },
): Promise<{ objects: number; damage: string | null } | null> {
  try {
    const repo = openStage(ctx, stage);
    const lock = tryLockRepo(repo, 'shared');
    try {
      if (lock === null) throw new AppError('ostree/aborted', `${repo.path} is being pruned`);
      const objects = await verifyObjectsOf(ctx, repo, {
        checksum: parseChecksum(checksum),
        trustedHeads: [],
        ...how,
      });
      return { objects, damage: null };
    } finally {
      lock?.release();
      repo.close();
    }
  } catch (error) {
    if (!isAppError(error) || error.code === 'database-unavailable') throw error;
    return error.code === 'ostree/aborted' ? null : { objects: 0, damage: error.message.slice(0, 500) };
  }
}
