import { isAppError } from '../errors';
import { openRepo } from '../ostree/repo/open-repo';
import { tryLockProduct } from '../ostree/write/lock';
import { sweepTemporaries } from '../ostree/write/sweep-temporaries';
import { journalFolder } from '../publish/candidate-summary';
import { readJournal, removeJournal } from './journal';
import { recordLastRun } from './record-last-run';
import type { WorkerContext } from './worker-context';

/**
 * Removes the journals of runs that are on record as done: their worker died between the record and this. A journal
 * of a run that is not done stays; its run is taken up like any other that is under way.
 */
export async function removeFinishedJournals(ctx: WorkerContext): Promise<void> {
  for (const stage of await ctx.db.stage.findMany()) {
    try {
      await removeFinishedJournal(ctx, stage);
    } catch (error) {
      if (!isAppError(error)) throw error;
      ctx.log.warn({ error, stage: stage.name }, 'could not look for a journal');
    }
  }
}

async function removeFinishedJournal(
  ctx: WorkerContext,
  stage: { name: string; repoPath: string; repoDev: string; repoIno: string },
): Promise<void> {
  const expect = { dev: stage.repoDev, ino: stage.repoIno };
  const target = openRepo(stage.repoPath, { expect, fs: ctx.fs });
  try {
    // Most stages have none, and some are not ours to write: nothing is made there only to look.
    if (target.fs.lstat(`${target.root}/${journalFolder}`) === null) return;
    const lock = tryLockProduct(target);
    if (lock === null) return;
    try {
      const journal = readJournal(target);
      if (journal === null) return;
      const run = await ctx.db.run.findUnique({ where: { id: journal.runId } });
      if (run?.state === 'done') {
        // The worker may have died while it wrote just this.
        sweepTemporaries(target);
        await recordLastRun(ctx, target, journal);
        removeJournal(target);
      } else
        ctx.log.info(
          { stage: stage.name, run: journal.runId, phase: journal.phase },
          'a journal waits for its run',
        );
    } finally {
      lock.release();
    }
  } finally {
    target.close();
  }
}
