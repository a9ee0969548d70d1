import { describe, expect, test } from 'vitest';
import { describeDeaths } from './testing/describe-deaths';
import { expectPublishedOnce } from './testing/invariants';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = workerSuite();

describeDeaths(suite);

describe('a worker that is killed between two renames', suiteTimeout, () => {
  test('of refs: the rest follows', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a, b]);
    const { refs } = await suite.killAt({ TEST_FS_FAULT: `rename@refs/heads/${b}` });
    const [first, second] = requested.plan.refs;
    expect(refs).toContain(first?.resultingChecksum);
    expect(refs).toContain(second?.expectedChecksum);
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });
});

describe('three workers at once', suiteTimeout, () => {
  test('do each run once, and two of them dying stop nobody', async () => {
    await suite.begin({ provider: 'postgresql' });
    const { pipeline } = suite;
    suite.start({ TREELINE_FAULT: 'refs-journaled' });
    suite.start({ TREELINE_FAULT: 'pull-done' });
    suite.start();
    const requested = [await pipeline.approve([a]), await pipeline.approve([b])];
    for (const each of requested) expect((await suite.ended(each)).state).toBe('published');
    await suite.stopWorkers();
    for (const each of requested) await expectPublishedOnce(pipeline, each);
  });
});
