import { describe, expect, test } from 'vitest';
import { watchedFs } from '../ostree/fixtures/faulty-fs';
import { askToCancel, expectCancelled } from './testing/cancelled';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { longAgo } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { signerBut } from './testing/waiting-run';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('a run that is cancelled', slow, () => {
  test('before a worker has looked at it ends at once, and the next promotion goes through', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a, b]);
    const was = lookAt(pipeline.target);
    await askToCancel(pipeline, requested);
    await runToEnd(pipeline, requested);
    await expectCancelled(pipeline, requested, was, 'preflight');
    const next = await pipeline.approve([a, b]);
    await runToEnd(pipeline, next);
    await expectPublishedOnce(pipeline, next);
  });

  test('between steps stops before the next', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    const signer = signerBut(pipeline, (real) => ({
      listKeys: async (of) => {
        await askToCancel(pipeline, requested);
        return real.listKeys(of);
      },
    }));
    await runToEnd(pipeline, requested, { signer, pollMilliseconds: 60_000 });
    await expectCancelled(pipeline, requested, was, 'preflight');
  });

  test('in the middle of a pull stops there, and leaves no mark and no temporary file', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const files = Array.from({ length: 200 }, (_, at) => [`usr/share/${at}`, String(at)]);
    pipeline.commit(a, Object.fromEntries(files));
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    let links = 0;
    // Slow enough for the worker to look in between.
    const fs = watchedFs((call) => {
      if (call.name !== 'linkAt') return;
      links += 1;
      if (links === 1) void askToCancel(pipeline, requested);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    });
    await runToEnd(pipeline, requested, { fs });
    expect(links).toBeLessThan(200);
    await expectCancelled(pipeline, requested, was, 'pull');
  });

  test('while the signer keeps it waiting does not wait', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    const signCommit = async (_: unknown, signal?: AbortSignal) => {
      await askToCancel(pipeline, requested);
      return new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('told to stop')));
      });
    };
    await runToEnd(pipeline, requested, { signer: signerBut(pipeline, () => ({ signCommit })) });
    await expectCancelled(pipeline, requested, was, 'sign-commits');
  });

  test('ends as cancelled, whatever else would have stopped it', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], undefined, longAgo());
    const was = lookAt(pipeline.target);
    await askToCancel(pipeline, requested);
    await runToEnd(pipeline, requested);
    await expectCancelled(pipeline, requested, was, 'preflight');
  });
});
