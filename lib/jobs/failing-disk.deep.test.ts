import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectClean, expectSignedSummary, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { failingFs } from './testing/mortal-fs';
import type { Requested } from './testing/pipeline';
import { removing } from './testing/removal-plan';
import { runSuite } from './testing/run-suite';
import { until } from './testing/worker-process';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();
const callsMax = 2000;

/**
 * Lets the n-th call that changes a file system fail, for n = 1, 2, 3, … until a run meets none, with the codes in turn:
 * each call in each way is the engine's own test (`nth-call.deep.test.ts`). Before the commit point
 * the run fails, everybody sees what they saw before, and a retry on a disk that works succeeds; past it the
 * run is published by the same worker a moment later.
 */
async function failEveryCall(
  codes: readonly string[],
  next: (name: string) => Promise<Requested>,
  every = 1,
): Promise<number> {
  const { pipeline } = suite;
  for (let call = 1; call <= callsMax; call += every) {
    const code = codes[Math.floor(call / every) % codes.length] as string;
    const requested = await next(`${code} ${call}`);
    const was = lookAt(pipeline.target);
    const { fs, hasFailed } = failingFs(call, code);
    const { state, runs } = await runToEnd(pipeline, requested, { fs });
    if (state === 'failed') {
      expect(runs[0]?.errorMessage).not.toBe('');
      expect(lookAt(pipeline.target)).toEqual(was);
      await pipeline.retry(requested.promotionId);
      expect((await runToEnd(pipeline, requested)).state).toBe('published');
    }
    await clearJournal();
    expectClean(pipeline.target);
    await expectSignedSummary(pipeline.target);
    const kinds = state === 'failed' ? ['run.failed', 'run.published'] : ['run.published'];
    expect(await terminalEvents(pipeline, requested)).toEqual(kinds);
    expect((await readPromotion(pipeline, requested)).state).toBe('published');
    if (!hasFailed()) return call;
  }
  throw new Error(`a run makes more than ${callsMax} calls`);
}

/** A journal whose removal failed is removed by the next worker that starts; a temporary file by the next run. */
async function clearJournal(): Promise<void> {
  const { pipeline } = suite;
  const journal = join(pipeline.target.path, '.treeline-journal');
  if (!existsSync(journal)) return;
  const worker = startLocalWorker(pipeline);
  await until(
    () => worker.said.join('\n'),
    async () => !existsSync(journal),
  );
  await worker.stop();
}

test('a disk that is full, or fails to write or to sync, at any one moment stops a promotion or only delays it', async () => {
  await suite.begin();
  const { pipeline } = suite;
  const next = (name: string) => {
    for (const ref of [a, b]) pipeline.commit(ref, { 'etc/version': name });
    return pipeline.approve([a, b]);
  };
  expect(await failEveryCall(['ENOSPC', 'EIO'], next)).toBeGreaterThan(50);
}, 1_200_000);

test('and so it does with a removal, after which the ref is gone', async () => {
  await suite.begin();
  const { pipeline } = suite;
  await runToEnd(pipeline, await pipeline.approve([a]));
  const next = async () => {
    if (pipeline.headOf(pipeline.target, b) === null) await runToEnd(pipeline, await pipeline.approve([b]));
    return pipeline.approve([b], removing(pipeline));
  };
  expect(await failEveryCall(['ENOSPC', 'EIO'], next, 2)).toBeGreaterThan(20);
  expect(pipeline.headOf(pipeline.target, b)).toBeNull();
}, 1_200_000);
