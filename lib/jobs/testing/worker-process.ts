import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { MODULES } from '../../../scripts/module-bundle.mjs';
import { makeOnce } from '../../testing/make-once';
import type { Pipeline } from './pipeline';

/** Bundles the worker of the tests; returns the path of the script. */
export async function bundleWorker(): Promise<string> {
  const folder = await makeOnce('worker', async (made) => {
    await build({
      entryPoints: [join(import.meta.dirname, 'worker-main.ts')],
      outfile: join(made, 'worker.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      ...MODULES,
      logLevel: 'error',
    });
  });
  return join(folder, 'worker.mjs');
}

export interface WorkerProcess {
  child: ChildProcess;
  /** What it has said so far. */
  output(): string;
  /** Resolves when it has ended, with the signal or the exit code. */
  ended: Promise<string | number | null>;
  stop(): Promise<void>;
}

/** Starts a worker on the pipeline. `env` may name a fault. */
export function startWorker(
  script: string,
  pipeline: Pipeline,
  env: Record<string, string> = {},
): WorkerProcess {
  let output = '';
  const child = spawn(process.execPath, ['--enable-source-maps', script], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'test',
      TEST_DATABASE_URL: pipeline.databaseUrl,
      TEST_SIGNER: pipeline.home.signerSocket,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'exit').then(
    ([code, signal]: (string | number | null)[]) => signal ?? code ?? null,
  );
  return {
    child,
    output: () => output,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        // One that stands still would not hear it.
        child.kill('SIGCONT');
      }
      await ended;
    },
  };
}

/** Waits until the worker stands still at the fault point that it was told to (`TREELINE_PAUSE`). */
export async function standsStill(worker: WorkerProcess): Promise<void> {
  await until(
    () => `the worker to stand still; ${worker.output()}`,
    async () => {
      if (worker.child.exitCode !== null) throw new Error(`the worker ended: ${worker.output()}`);
      const stat = readFileSync(`/proc/${worker.child.pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    },
    120,
  );
}

/** Waits until `look` gives something, or throws with what was seen last. */
export async function until<T>(
  what: () => string,
  look: () => Promise<T | null | undefined | false>,
  seconds = 60,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() - startedAt > seconds * 1000) throw new Error(`waited ${seconds} s for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
