import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../logger';

/** One process to keep running. */
export interface ProcessSpec {
  name: string;
  start(): ChildProcess;
}

export interface SuperviseOptions {
  logger: Logger;
  /** Ends everything. */
  signal: AbortSignal;
  /** How long a process has to end after SIGTERM before it is killed, in milliseconds. */
  graceMilliseconds?: number;
}

const RESTART_FIRST_MILLISECONDS = 500;
const RESTART_MAX_MILLISECONDS = 30_000;
/** A process that ran so long is taken to have started well: the next restart is quick again. */
const SETTLED_MILLISECONDS = 60_000;

/**
 * Runs all `specs` until the signal; a process that ends by itself is started again, later each time.
 * Resolves when all have ended.
 */
export async function superviseProcesses(
  specs: readonly ProcessSpec[],
  options: SuperviseOptions,
): Promise<void> {
  await Promise.all(specs.map((spec) => keepRunning(spec, options)));
}

async function keepRunning(spec: ProcessSpec, options: SuperviseOptions): Promise<void> {
  let pause = RESTART_FIRST_MILLISECONDS;
  while (!options.signal.aborted) {
    const startedAt = performance.now();
    const ended = await runOnce(spec, options);
    if (options.signal.aborted) return;
    if (performance.now() - startedAt > SETTLED_MILLISECONDS) pause = RESTART_FIRST_MILLISECONDS;
    options.logger.error(
      { child: spec.name, ended, restartMilliseconds: pause },
      `${spec.name} ended; starting it again`,
    );
    // An abort ends the pause, and then the loop.
    await sleep(pause, undefined, { signal: options.signal }).catch(() => undefined);
    pause = Math.min(pause * 2, RESTART_MAX_MILLISECONDS);
  }
}

/** Runs the process once; resolves with how it ended. */
function runOnce(spec: ProcessSpec, options: SuperviseOptions): Promise<string> {
  const child = spec.start();
  options.logger.debug({ child: spec.name, pid: child.pid }, 'started');
  return new Promise((resolve) => {
    const stop = () => endProcess(child, options.graceMilliseconds ?? 15_000);
    options.signal.addEventListener('abort', stop, { once: true });
    if (options.signal.aborted) stop();
    const finish = (how: string) => {
      options.signal.removeEventListener('abort', stop);
      resolve(how);
    };
    child.once('error', (error) => finish(error.message));
    child.once('exit', (code, signal) => finish(signal ? `by ${signal}` : `with exit code ${code}`));
  });
}

export interface NodeProcessOptions {
  /** Arguments after the Node executable. */
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** The file that its output goes to; our own stderr where there is none. */
  logPath?: string | undefined;
  /** It may send us messages. */
  hasMessages?: boolean;
}

/**
 * A process of Node whose stdin is a pipe that nobody writes to: it closes when this process dies in whatever way, and the
 * child ends too (`signalToEnd`).
 */
export function startNodeProcess({ args, env, logPath, hasMessages }: NodeProcessOptions): ChildProcess {
  const output = logPath === undefined ? 2 : openSync(logPath, 'a', 0o600);
  const stdio: StdioOptions = ['pipe', output, output, ...(hasMessages ? (['ipc'] as const) : [])];
  const child = spawn(process.execPath, args, { env, stdio });
  if (output !== 2) closeSync(output);
  return child;
}

/** Asks a process to end, and makes it after `graceMilliseconds`. */
function endProcess(child: ChildProcess, graceMilliseconds: number): void {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
  child.once('exit', () => clearTimeout(timer));
}
