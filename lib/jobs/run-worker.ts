import { setTimeout as sleep } from 'node:timers/promises';
import { dueRuns, pollMillisecondsDefault, type WaitingRuns } from './due-runs';
import { fsckOneSource } from './fsck-sources';
import { noteOverdueReviews } from './note-overdue-reviews';
import { noteSourceHeads } from './note-source-heads';
import { reconcileStages } from './reconcile-stages';
import { removeFinishedJournals } from './remove-finished-journals';
import { retireOne } from './retire-due';
import { type RetryCounts, takeUpRun } from './take-up-run';
import { type DamagedHeads, verifyOneHead } from './verify-heads';
import type { WorkerContext } from './worker-context';

/** How long it rests after an error of its own, a database that is away for one, in milliseconds. */
const restMilliseconds = 1000;
/** How often it looks at what others do in stages, in milliseconds: how late it notices that, and a soak time begins. */
const lookMillisecondsDefault = 30_000;

/**
 * Carries out approved promotions, one at a time, until `signal` is aborted; any number of workers may do so at once.
 * A run that another worker has left, killed or not, is taken up first. At the start, journals of runs that are on
 * record as done are cleared away. Then and every half minute what differs between repositories and database is written to
 * the history, heads of source stages are noted, for soak times, and reviews of emergencies that are
 * overdue. While no run is due, what removals left behind is deleted once its grace is over; and while there is nothing else to
 * do, source commits and adopted heads are verified.
 *
 * When told to stop it gives a run back that has not reached its commit point; past it, it goes on to the end, but
 * for waiting.
 */
export async function runWorker(ctx: WorkerContext, signal: AbortSignal): Promise<void> {
  const retries: RetryCounts = new Map();
  const waiting: WaitingRuns = new Map();
  const damaged: DamagedHeads = new Set();
  let isCleared = false;
  let lookAt = 0;
  while (!signal.aborted) {
    let pause = ctx.pollMilliseconds ?? pollMillisecondsDefault;
    try {
      if (!isCleared) {
        await removeFinishedJournals(ctx);
        isCleared = true;
      }
      if (performance.now() >= lookAt) {
        await reconcileStages(ctx);
        await noteSourceHeads(ctx);
        await noteOverdueReviews(ctx);
        lookAt = performance.now() + (ctx.lookMilliseconds ?? lookMillisecondsDefault);
        // Last: where it fails, the next round carries out runs all the same.
        await ctx.askAutomatically?.();
      }
      if (await takeUpOne(ctx, signal, { retries, waiting })) continue;
      if (await retireOne(ctx, signal)) continue;
      if (await fsckOneSource(ctx, signal, waiting)) continue;
      if (await verifyOneHead(ctx, signal, { damaged, waiting })) continue;
    } catch (error) {
      ctx.log.error({ error }, 'the worker could not look for runs');
      pause = restMilliseconds;
    }
    // An abort ends the pause, and then the loop.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function takeUpOne(
  ctx: WorkerContext,
  signal: AbortSignal,
  { retries, waiting }: { retries: RetryCounts; waiting: WaitingRuns },
): Promise<boolean> {
  for await (const candidate of dueRuns(ctx, waiting)) {
    if (signal.aborted) return false;
    if (await takeUpRun(ctx, candidate, signal, retries)) return true;
  }
  return false;
}
