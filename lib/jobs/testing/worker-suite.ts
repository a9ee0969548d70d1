import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { RunningSigner } from '../../signer/run-signer';
import { lookAt } from './invariants';
import { startLocalWorker } from './local-worker';
import { makePipeline, type Pipeline, type PipelineOptions, type Requested } from './pipeline';
import { bundleWorker, startWorker, until, type WorkerProcess } from './worker-process';

/** Processes are started for each test, on a machine that may be busy. */
export const suiteTimeout = { timeout: 180_000 };

/** How long is waited for what comes in a second or two: only what never comes has failed. */
export const secondsMax = 150;

/** What tests of whole runs share: a pipeline each, a signer in this process, workers as processes of their own. */
export interface WorkerSuite {
  pipeline: Pipeline;
  signer: RunningSigner | null;
  /** A new pipeline, in the place of the one before. */
  begin(options?: PipelineOptions): Promise<void>;
  start(env?: Record<string, string>): WorkerProcess;
  /** What the workers of the test have said so far. */
  output(): string;
  stopWorkers(): Promise<void>;
  /** A commit on top of each ref that says `name`, and an approved promotion of them all. */
  nextRelease(name: string): Promise<Requested>;
  /** Lets a worker die of the fault that `env` names, and returns what the target looked like then. */
  killAt(env: Record<string, string>): Promise<ReturnType<typeof lookAt>>;
  /** Waits for the promotion to end, with any worker that runs. */
  ended(requested: Requested): Promise<Ended>;
  /** Starts a worker, in this process since nobody kills it, and waits until the promotion is published and the worker gone. */
  finish(requested: Requested): Promise<void>;
}

export type Ended = Awaited<ReturnType<typeof readEnded>> & object;

export function workerSuite(): WorkerSuite {
  let script: string;
  let workers: WorkerProcess[] = [];

  beforeAll(async () => {
    script = await bundleWorker();
  });
  beforeEach(() => {
    workers = [];
  });
  afterEach(() => suite.stopWorkers());
  afterAll(() => end());
  const end = async () => {
    await suite.signer?.close();
    await suite.pipeline?.close();
  };

  const suite: WorkerSuite = {
    pipeline: undefined as unknown as Pipeline,
    signer: null,
    async begin(options = {}) {
      await end();
      suite.pipeline = await makePipeline({
        refs: ['os/amd64/main', 'os/arm64/main'],
        fileCount: 5,
        ...options,
      });
      suite.signer = await suite.pipeline.startSigner();
    },
    start(env = {}) {
      const worker = startWorker(script, suite.pipeline, env);
      workers.push(worker);
      return worker;
    },
    output: () => workers.map((worker) => worker.output()).join('\n---\n'),
    async stopWorkers() {
      for (const worker of workers) await worker.stop();
    },
    async nextRelease(name) {
      const { pipeline } = suite;
      for (const ref of pipeline.refs) pipeline.commit(ref, { 'etc/version': name });
      return pipeline.approve(pipeline.refs);
    },
    async killAt(env) {
      const worker = suite.start(env);
      await Promise.race([worker.ended, new Promise((resolve) => setTimeout(resolve, secondsMax * 1000))]);
      expect(worker.child.signalCode, worker.output()).toBe('SIGKILL');
      return lookAt(suite.pipeline.target);
    },
    async ended(requested) {
      const found = await until(
        () => `the end of #${requested.number}; ${suite.output()}`,
        () => readEnded(suite.pipeline, requested),
        secondsMax,
      );
      return found;
    },
    async finish(requested) {
      const { pipeline } = suite;
      const worker = startLocalWorker(pipeline);
      const said = () => [suite.output(), ...worker.said].join('\n');
      try {
        const { state } = await until(said, () => readEnded(pipeline, requested), secondsMax);
        expect(state, said()).toBe('published');
        // A run that is on record as done may have left its journal, which the worker then clears away.
        const journal = join(pipeline.target.path, '.treeline-journal');
        await until(said, async () => !existsSync(journal), secondsMax);
      } finally {
        await worker.stop();
      }
    },
  };
  return suite;
}

async function readEnded({ db }: Pipeline, { promotionId }: Requested) {
  const promotion = await db.promotion.findUniqueOrThrow({
    where: { id: promotionId },
    include: { runs: { include: { steps: { orderBy: { position: 'asc' } } }, orderBy: { attempt: 'asc' } } },
  });
  return ['published', 'failed', 'stale', 'cancelled'].includes(promotion.state) ? promotion : null;
}
