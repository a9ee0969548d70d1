import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findPackageRoot } from '../../package-root';
import type { Pipeline } from './pipeline';
import { until } from './worker-process';

/** A process of `treeline`, built and started as in production, that is killed and started again. */
export class ProductProcess {
  #child: ChildProcess | null = null;
  #said = '';

  /**
   * @param args of `treeline`
   * @param isReady whether it does its work, by what it has said on stderr or by asking it
   */
  constructor(
    private readonly pipeline: Pipeline,
    private readonly args: readonly string[],
    private readonly isReady: (said: string) => Promise<boolean>,
  ) {}

  /** Starts it, and waits until it does its work. */
  async start(): Promise<void> {
    const { home, databaseUrl } = this.pipeline;
    const program = join(findPackageRoot(), 'dist/treeline.js');
    const child = spawn(process.execPath, [program, ...this.args], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        TREELINE_HOME: home.root,
        DATABASE_URL: databaseUrl,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    await until(
      () => `treeline ${this.args.join(' ')}: ${this.#said}`,
      async () => {
        if (child.exitCode !== null) throw new Error(`it ended by itself: ${this.#said}`);
        return this.isReady(this.#said);
      },
    );
  }

  /** Ends it, if it runs, and waits until it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** `treeline signer`, not started yet. */
export function signerProcess(pipeline: Pipeline): ProductProcess {
  return new ProductProcess(pipeline, ['signer'], async (said) => said.includes('"ready"'));
}
