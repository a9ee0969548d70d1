import { findRunCancel } from '../db/run';
import { AppError, isAppError } from '../errors';
import { pollMillisecondsDefault } from './due-runs';
import type { WorkerContext } from './worker-context';

/** Whether somebody has asked to stop a run. */
export interface CancelWatch {
  /** Aborted once it is known that somebody has. */
  readonly signal: AbortSignal;
  /** Looks every now and then from here on, so that a long step stops in the middle. */
  start(): void;
  /** Looks now. @throws AppError `cancelled`; what the database throws */
  look(): Promise<void>;
  /** Looks no more: nothing that is asked from here on is heeded. */
  stop(): void;
}

/** Watches for who asks to stop the run `id` of a promotion. A database that is away stops nothing. */
export function watchCancel(ctx: WorkerContext, of: { runId: string; promotion: number }): CancelWatch {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const look = async () => {
    if ((await findRunCancel(ctx.db, of.runId)) === null || isStopped) return;
    controller.abort();
    throw cancelled(of.promotion);
  };
  const lookAgain = () => {
    look().catch((error: unknown) => {
      if (!isAppError(error, 'cancelled'))
        ctx.log.warn({ error, run: of.runId }, 'could not look whether the run is cancelled');
    });
  };
  return {
    signal: controller.signal,
    start() {
      if (timer !== null || isStopped) return;
      timer = setInterval(lookAgain, ctx.pollMilliseconds ?? pollMillisecondsDefault);
      timer.unref();
    },
    look,
    stop() {
      isStopped = true;
      if (timer !== null) clearInterval(timer);
    },
  };
}

/** What stops a run that somebody asked to cancel. */
export function cancelled(promotion: number): AppError {
  return new AppError('cancelled', `the run of #${promotion} was cancelled`, { details: { promotion } });
}
