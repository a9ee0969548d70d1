import { describe, expect, test } from 'vitest';
import type { FaultPoint } from './fault-point';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = workerSuite();

/** Points before the first rename of a ref, in order. */
const before: FaultPoint[] = [
  'claimed',
  'preflight-done',
  'pull-done',
  'verify-done',
  'commits-signed',
  'refs-intended',
  'journal-written',
];
const after: FaultPoint[] = [
  'refs-renamed',
  'refs-journaled',
  'candidate-written',
  'summary-signed',
  'signatures-journaled',
  'publish-1',
  'publish-2',
  'publish-3',
  'published-journaled',
  'probed',
  'recorded',
  'journal-removed',
];

describe('a worker that is killed, and another that comes after it', suiteTimeout, () => {
  test.each(before)('%s: nothing was to be seen, and then all of it', async (fault) => {
    await suite.begin();
    const { pipeline } = suite;
    const untouched = lookAt(pipeline.target);
    const requested = await pipeline.approve([a, b]);
    expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test.each(after)('%s: goes forward', async (fault) => {
    await suite.begin({ overlapSeconds: 1 });
    const { pipeline } = suite;
    // A first promotion, so that there is a signed summary to overlap with.
    await suite.finish(await pipeline.approve([b]));
    const requested = await pipeline.approve([a]);
    const { refs } = await suite.killAt({ TREELINE_FAULT: fault });
    expect(refs).toContain(requested.plan.refs[0]?.resultingChecksum);
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });
});

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
