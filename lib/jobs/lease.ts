import { AppError, isAppError } from '../errors';
import { heartbeatMilliseconds, leaseMilliseconds } from './claim-run';
import type { WorkerContext } from './worker-context';

/** A claim that is kept alive. */
export interface Lease {
  readonly runId: string;
  readonly fencingToken: number;
  /** Aborted when the claim is lost: another worker has the run. */
  readonly signal: AbortSignal;
  /** Makes sure that the claim is still ours. @throws AppError `lease-lost`; what the database throws */
  renew(): Promise<void>;
  /** Stops keeping it alive; changes nothing in the database. */
  stop(): void;
}

/** Keeps the claim on a run alive until it is stopped. A database that is away is no loss: the product lock is held. */
export function holdLease(ctx: WorkerContext, runId: string, fencingToken: number): Lease {
  const controller = new AbortController();
  const renew = async () => {
    const { count } = await ctx.db.run.updateMany({
      where: ownedRun(runId, fencingToken),
      data: { leaseExpiresAt: new Date(ctx.clock.now().getTime() + leaseMilliseconds) },
    });
    if (count === 1) return;
    controller.abort();
    throw leaseLost(runId);
  };
  const timer = setInterval(() => {
    renew().catch((error: unknown) => {
      if (!isAppError(error, 'lease-lost')) ctx.log.warn({ error, run: runId }, 'could not renew the lease');
    });
  }, heartbeatMilliseconds);
  timer.unref();
  return { runId, fencingToken, signal: controller.signal, renew, stop: () => clearInterval(timer) };
}

/** The run as long as this claim on it holds. */
export function ownedRun(runId: string, fencingToken: number) {
  return { id: runId, fencingToken, state: 'running' };
}

export function leaseLost(runId: string): AppError {
  return new AppError('lease-lost', 'another worker has taken up this run', { details: { run: runId } });
}
