import { afterEach, expect } from 'vitest';
import type { RunningSigner } from '../../signer/run-signer';
import { expectClean, lookAt, terminalEvents } from './invariants';
import { readPromotion } from './local-worker';
import { makePipeline, type Pipeline, type PipelineOptions, type Requested } from './pipeline';

/** Whole runs take their time on a machine that is busy. */
export const slow = { timeout: 120_000 };

/** What tests of runs in this process share: a pipeline each, and a signer. */
export interface RunSuite {
  pipeline: Pipeline;
  begin(options?: PipelineOptions): Promise<void>;
  startSigner(): Promise<void>;
  stopSigner(): Promise<void>;
  /** The run ended so, and everybody else sees what they saw before. */
  expectUntouched(requested: Requested, was: ReturnType<typeof lookAt>, how: HowEnded): Promise<void>;
}

export interface HowEnded {
  state: 'failed' | 'stale' | 'cancelled';
  code: string;
  message: RegExp;
  step: string;
}

export function runSuite(): RunSuite {
  let signer: RunningSigner | null = null;
  afterEach(async () => {
    await suite.stopSigner();
    await suite.pipeline.close();
  });
  const suite: RunSuite = {
    pipeline: undefined as unknown as Pipeline,
    async begin(options = {}) {
      suite.pipeline = await makePipeline({
        refs: ['os/amd64/main', 'os/arm64/main'],
        fileCount: 5,
        ...options,
      });
      await suite.startSigner();
    },
    async startSigner() {
      signer = await suite.pipeline.startSigner();
    },
    async stopSigner() {
      await signer?.close();
      signer = null;
    },
    async expectUntouched(requested, was, how) {
      const { pipeline } = suite;
      const promotion = await readPromotion(pipeline, requested);
      const [run] = promotion.runs;
      expect(run?.errorMessage).toMatch(how.message);
      const ended = { state: promotion.state, run: run?.state, code: run?.errorCode };
      expect(ended).toEqual({ state: how.state, run: how.state, code: how.code });
      expect(run).toMatchObject({ activeKey: null, leaseOwner: null, retryAt: null });
      expect(run?.steps.find((step) => step.state === 'failed')?.name).toBe(how.step);
      expect(await terminalEvents(pipeline, requested)).toEqual([`run.${how.state}`]);
      expect(lookAt(pipeline.target)).toEqual(was);
      expectClean(pipeline.target);
    },
  };
  return suite;
}
