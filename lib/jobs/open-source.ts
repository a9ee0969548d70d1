import { isWithinStage } from '../contracts/promotion';
import { AppError } from '../errors';
import type { Repo } from '../ostree/repo/open-repo';
import { cancelled } from './cancel-watch';
import { openStage } from './open-stage';
import type { RunScope } from './run-scope';

/** The source repository of the run, opened once; of a rollback the target. */
export function openSource(scope: RunScope): Repo {
  if (isWithinStage(scope.plan)) return scope.target;
  scope.source ??= openStage(scope.ctx, scope.from);
  return scope.source;
}

/**
 * @throws AppError `ostree/aborted` where the run is to stop, `cancelled` where somebody asked for that, `lease-lost` where
 *   it is another worker's by now
 */
export function assertNotStopped(scope: RunScope): void {
  if (scope.lease.signal.aborted) throw new AppError('lease-lost', 'another worker has taken up this run');
  if (scope.cancel.signal.aborted) throw cancelled(scope.candidate.promotion.number);
  if (scope.signal.aborted) throw new AppError('ostree/aborted', 'the worker was told to stop');
}

/**
 * Fencing: the last look before each change of the target that somebody sees. The product lock must still be the one that
 * whoever comes next has to wait for, and no other worker may be known to have the run.
 *
 * @throws AppError `lease-lost`
 */
export function assertFenced({ lease, lock, to }: Pick<RunScope, 'lease' | 'lock' | 'to'>): void {
  if (!lease.signal.aborted && lock.isInPlace()) return;
  throw new AppError('lease-lost', `this worker no longer has the lock of ${to.name}`, {
    details: { stage: to.name },
  });
}

/** How long a worker that is told to stop waits for others past the commit point before it hands the run over. */
const stopPatienceMilliseconds = 5_000;

/**
 * The result of `work`, which waits for another process; or the error that stops the run, where it is told to stop meanwhile:
 * at once before the commit point, a few seconds later past it. `work` is then told by its signal.
 *
 * @throws AppError `ostree/aborted`, `lease-lost`; what `work` throws
 */
export async function orStopped<T>(scope: RunScope, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const isUrgent = scope.lease.signal.aborted || !scope.isForward;
    timer = setTimeout(() => controller.abort(), isUrgent ? 0 : stopPatienceMilliseconds);
  };
  scope.signal.addEventListener('abort', onAbort, { once: true });
  if (scope.signal.aborted) onAbort();
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted) assertNotStopped(scope);
    throw error;
  } finally {
    clearTimeout(timer);
    scope.signal.removeEventListener('abort', onAbort);
  }
}
