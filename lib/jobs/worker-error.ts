import { type AppErrorCode, isAppError } from '../errors';
import type { StepFailure } from './step-recorder';

/** What of a failure before the commit point says that the world moved on, rather than that something is wrong. */
const staleCodes: ReadonlySet<AppErrorCode> = new Set(['target-moved', 'source-changed', 'plan-changed']);

/** What passes by itself: the run is taken up again by any worker, and nothing is recorded against it. */
const passingCodes: ReadonlySet<AppErrorCode> = new Set([
  'lease-lost',
  'database-unavailable',
  'ostree/aborted',
]);

/** How a run ends, or does not, when a step throws `error` before the commit point. `wait`: it is queued again. */
export function outcomeOf(error: unknown): 'stale' | 'failed' | 'cancelled' | 'again' | 'wait' {
  if (!isAppError(error)) return isDatabaseError(error) ? 'again' : 'failed';
  if (error.code === 'must-wait') return 'wait';
  if (error.code === 'cancelled') return 'cancelled';
  if (staleCodes.has(error.code)) return 'stale';
  return passingCodes.has(error.code) ? 'again' : 'failed';
}

/** Whether the database client threw it: nothing is known of the run then, for better or worse. */
function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && /^(PrismaClient|DriverAdapter)/.test(error.name);
}

/** What a person is told of `error`. A bug is named as one: its text may hold anything. */
export function failureOf(error: unknown): StepFailure {
  if (isAppError(error)) return { code: error.code, message: error.userMessage };
  if (isDatabaseError(error)) return { code: 'database-unavailable', message: 'the database did not answer' };
  return { code: 'internal', message: 'Treeline made a mistake here; the log of the worker has the details' };
}

/** How long to wait before the n-th retry (from 0) of a run, in milliseconds. */
export function retryDelayMilliseconds(retries: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(retries, 10));
}
