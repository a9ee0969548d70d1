import { beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../db/testing/fresh-database';
import type { FaultPoint } from './fault-point';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import type { PipelineOptions, Requested } from './testing/pipeline';
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

/** One promotion after the other into the same stages, with a signed summary in place from the beginning. */
async function beginPublished(options: PipelineOptions = {}): Promise<void> {
  await suite.begin(options);
  await suite.finish(await suite.pipeline.approve([a, b]));
}

async function nextRelease(name: string): Promise<Requested> {
  for (const ref of [a, b]) suite.pipeline.commit(ref, { 'etc/version': name });
  return suite.pipeline.approve([a, b]);
}

describe('a worker that is killed before the first rename of a ref', suiteTimeout, () => {
  beforeAll(() => beginPublished(), suiteTimeout.timeout);

  test.each(before)('%s: nothing was to be seen, and then all of it', async (fault) => {
    const requested = await nextRelease(fault);
    const untouched = lookAt(suite.pipeline.target);
    expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
    await suite.finish(requested);
    await expectPublishedOnce(suite.pipeline, requested);
  });
});

describe('a worker that is killed after it', suiteTimeout, () => {
  beforeAll(() => beginPublished({ overlapSeconds: 1 }), suiteTimeout.timeout);

  test.each(after)('%s: goes forward', async (fault) => {
    const requested = await nextRelease(fault);
    const { refs } = await suite.killAt({ TREELINE_FAULT: fault });
    for (const { resultingChecksum } of requested.plan.refs) expect(refs).toContain(resultingChecksum);
    await suite.finish(requested);
    await expectPublishedOnce(suite.pipeline, requested);
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

describe.each(providers)('three workers at once, on %s', suiteTimeout, (provider) => {
  test('do each run once, and two of them dying stop nobody', async () => {
    await suite.begin({ provider });
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
