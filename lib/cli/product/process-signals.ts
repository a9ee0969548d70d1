/** Set by the supervisor in the environment of what it starts. */
export const SUPERVISED = 'TREELINE_SUPERVISED';

/**
 * Aborts at SIGINT, SIGTERM or SIGHUP, and in a supervised process also when the supervisor is gone.
 * A second signal of a kind ends the process at once, as if nobody listened.
 */
export function signalToEnd(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => controller.abort());
  }
  onSupervisorGone(() => controller.abort());
  return controller.signal;
}

/**
 * Calls `end` when the supervisor has died, however it did: our stdin is a pipe that it holds open.
 * Does nothing in a process that nobody supervises.
 */
function onSupervisorGone(end: () => void): void {
  if (process.env[SUPERVISED] !== '1') return;
  process.stdin.once('end', end);
  process.stdin.once('error', end);
  process.stdin.resume();
  // Waiting for that must not keep a process alive that is otherwise done.
  if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();
}

/** Resolves when the signal is aborted, and keeps the process alive until then. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => undefined, 2 ** 30);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(keepAlive);
        resolve();
      },
      { once: true },
    );
  });
}
