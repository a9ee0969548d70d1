import { describe, test } from 'vitest';
import { expectPublishedOnce } from './testing/invariants';
import { expectFencedOff, stopPastItsLease } from './testing/stopped-worker';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const suite = workerSuite();

describe('a worker that is stopped', suiteTimeout, () => {
  test('between two files of a publication writes neither the other nor anything else', async () => {
    await suite.begin({ overlapSeconds: 1 });
    const { pipeline } = suite;
    await suite.finish(await pipeline.approve(pipeline.refs));
    for (const ref of pipeline.refs) pipeline.commit(ref, { 'etc/version': '3' });
    await expectFencedOff(suite, await pipeline.approve(pipeline.refs), 'publish-1');
  });

  test('and is killed then leaves the run to the next, who finishes it once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve(pipeline.refs);
    const stopped = await stopPastItsLease(suite, requested, 'pull-done');
    stopped.child.kill('SIGKILL');
    await stopped.ended;
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });
});
