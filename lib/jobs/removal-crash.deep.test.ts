import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lookAt } from './testing/invariants';
import { startLocalWorker } from './testing/local-worker';
import { ostree, type Requested } from './testing/pipeline';
import {
  expectRemovedOnce,
  expectRetiredOnce,
  isRetired,
  nextRemoval,
  nextRetirement,
  REMOVAL_AFTER,
  REMOVAL_BEFORE,
  RETIREMENT_POINTS,
} from './testing/removal-run';
import { until } from './testing/worker-process';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = workerSuite();

describe('a worker of a removal that is killed', suiteTimeout, () => {
  beforeAll(() => suite.begin({ overlapSeconds: 1 }), suiteTimeout.timeout);

  test.each(REMOVAL_BEFORE)('%s: nothing was to be seen, and then all of it', async (fault) => {
    const requested = await nextRemoval(suite.pipeline);
    const untouched = lookAt(suite.pipeline.target);
    expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
    await suite.finish(requested);
    await expectRemovedOnce(suite.pipeline, requested);
  });

  test.each(REMOVAL_AFTER)('%s: goes forward', async (fault) => {
    const requested = await nextRemoval(suite.pipeline);
    const was = lookAt(suite.pipeline.target);
    const now = await suite.killAt({ TREELINE_FAULT: fault });
    expect(now).not.toEqual(was);
    // The other way round than a promotion: a summary that lists the ref never stands over one that is gone.
    if (!now.refs.includes(b))
      expect(ostree('summary', '-v', `--repo=${suite.pipeline.target.path}`)).not.toContain(b);
    await suite.finish(requested);
    await expectRemovedOnce(suite.pipeline, requested);
  });
});

test(
  'a ref that somebody moves once its removal is published stays, until it is put back',
  suiteTimeout,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await nextRemoval(suite.pipeline);
    await suite.killAt({ TREELINE_FAULT: 'published-journaled' });
    const path = join(pipeline.target.path, 'refs/heads', b);
    const head = readFileSync(path, 'utf8');
    writeFileSync(path, `${pipeline.headOf(pipeline.target, a)}\n`);
    const worker = suite.start();
    await until(
      () => worker.output(),
      async () => (await pipeline.db.run.count({ where: { errorCode: 'ostree/ref-moved' } })) === 1,
    );
    await worker.stop();
    expect(existsSync(path)).toBe(true);
    writeFileSync(path, head);
    await pipeline.db.run.updateMany({ where: { state: 'running' }, data: { retryAt: null } });
    await suite.finish(requested);
    await expectRemovedOnce(suite.pipeline, requested);
  },
);

describe('a worker that deletes what a removal left and is killed', suiteTimeout, () => {
  let requested: Requested;

  beforeAll(() => suite.begin(), suiteTimeout.timeout);

  beforeEach(async () => {
    requested = await nextRetirement(suite.pipeline);
  });

  async function finish(): Promise<void> {
    const worker = startLocalWorker(suite.pipeline);
    await until(
      () => worker.said.join('\n'),
      () => isRetired(suite.pipeline, requested),
    );
    await worker.stop();
    await expectRetiredOnce(suite.pipeline, requested);
  }

  test.each(RETIREMENT_POINTS)('%s: the next one finishes it once', async (fault) => {
    await suite.killAt({ TREELINE_FAULT: fault });
    expect(ostree('fsck', `--repo=${suite.pipeline.target.path}`)).not.toMatch(/corrupt|missing/);
    await finish();
  });

  test('at any deletion of an object: every commit without a mark is whole, and the rest follows', async () => {
    const { target } = suite.pipeline;
    for (const extension of ['filez', 'dirtree', 'commit', 'commitpartial']) {
      await suite.killAt({ TEST_FS_FAULT: `unlink@.${extension}` });
      ostree('fsck', '--quiet', `--repo=${target.path}`);
    }
    await finish();
  });
});
