import { findCandidates, type RunCandidate } from './claim-run';
import { findWaits } from './waits/find-waits';
import type { WorkerContext } from './worker-context';

/** How many rounds of looking for work pass before a run that waits is looked at again. */
const roundsOfRest = 10;
export const pollMillisecondsDefault = 300;

/** Runs that were found to wait, with when to look at them again, on the clock of `performance.now`. */
export type WaitingRuns = Map<string, number>;

/**
 * Runs that may be taken up now, the ones that were under way first. A queued run that waits stays as it is: it takes
 * no stage, holds up nobody, and rests for some rounds, so that many of them cost little.
 */
export async function* dueRuns(ctx: WorkerContext, waiting: WaitingRuns): AsyncGenerator<RunCandidate> {
  for (const [id, again] of waiting) if (again <= performance.now()) waiting.delete(id);
  const now = ctx.clock.now();
  for (const candidate of await findCandidates(ctx.db, now, [...waiting.keys()])) {
    const isQueued = candidate.state === 'queued';
    if (isQueued && (await findWaits(ctx.db, candidate.promotion, now)).length > 0) {
      const rest = roundsOfRest * (ctx.pollMilliseconds ?? pollMillisecondsDefault);
      waiting.set(candidate.id, performance.now() + rest);
    } else {
      yield candidate;
    }
  }
}
