import { describe, test } from 'vitest';
import { expectFencedOff } from './testing/stopped-worker';
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
});
