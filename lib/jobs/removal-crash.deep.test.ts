import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FaultPoint } from './fault-point';
import { expectClean, expectSignedSummary, lookAt, terminalEvents } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { objectOf, ostree, type Requested } from './testing/pipeline';
import { removing } from './testing/removal-plan';
import { until } from './testing/worker-process';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = workerSuite();

/** Up to here nothing is to be seen; the last of them is past the commit point all the same. */
const BEFORE: readonly FaultPoint[] = [
  'claimed',
  'preflight-done',
  'candidate-written',
  'summary-signed',
  'signatures-journaled',
  'journal-written',
];
const AFTER: readonly FaultPoint[] = [
  'publish-1',
  'publish-2',
  'publish-3',
  'published-journaled',
  'refs-intended',
  'refs-renamed',
  'probed',
  'recorded',
  'journal-removed',
];
const RETIRING: readonly FaultPoint[] = ['retirement-begun', 'retiring', 'retired', 'retirement-recorded'];

/** What dev has is in production and published, and the removal of one ref is approved. */
async function nextRemoval(): Promise<Requested> {
  const { pipeline } = suite;
  const isThere = pipeline.headOf(pipeline.target, b) === pipeline.headOf(pipeline.source, b);
  if (!isThere) await runToEnd(pipeline, await pipeline.approve([b]));
  return pipeline.approve([b], removing(pipeline));
}

async function expectRemovedOnce(requested: Requested): Promise<void> {
  const { db, target } = suite.pipeline;
  expect(suite.pipeline.headOf(target, b)).toBeNull();
  expect(await terminalEvents(suite.pipeline, requested)).toEqual(['run.published']);
  expect(await db.ledgerRef.count({ where: { stageId: target.id } })).toBe(1);
  expect(await db.retirement.count({ where: { promotionNumber: requested.number } })).toBe(1);
  const hold = { promotionNumber: requested.number, origin: 'removal', activeKey: { not: null } };
  expect(await db.hold.count({ where: hold })).toBe(1);
  expect(await db.auditEvent.count({ where: { kind: 'stage.differs' } })).toBe(0);
  expectClean(target);
  await expectSignedSummary(target);
}

describe('a worker of a removal that is killed', suiteTimeout, () => {
  beforeAll(() => suite.begin({ overlapSeconds: 1 }), suiteTimeout.timeout);

  test.each(BEFORE)('%s: nothing was to be seen, and then all of it', async (fault) => {
    const requested = await nextRemoval();
    const untouched = lookAt(suite.pipeline.target);
    expect(await suite.killAt({ TREELINE_FAULT: fault })).toEqual(untouched);
    await suite.finish(requested);
    await expectRemovedOnce(requested);
  });

  test.each(AFTER)('%s: goes forward', async (fault) => {
    const requested = await nextRemoval();
    const was = lookAt(suite.pipeline.target);
    const now = await suite.killAt({ TREELINE_FAULT: fault });
    expect(now).not.toEqual(was);
    // The other way round than a promotion: a summary that lists the ref never stands over one that is gone.
    if (!now.refs.includes(b))
      expect(ostree('summary', '-v', `--repo=${suite.pipeline.target.path}`)).not.toContain(b);
    await suite.finish(requested);
    await expectRemovedOnce(requested);
  });
});

test(
  'a ref that somebody moves once its removal is published stays, until it is put back',
  suiteTimeout,
  async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await nextRemoval();
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
    await expectRemovedOnce(requested);
  },
);

describe('a worker that deletes what a removal left and is killed', suiteTimeout, () => {
  let requested: Requested;
  let heads: string[] = [];

  beforeAll(() => suite.begin(), suiteTimeout.timeout);

  beforeEach(async () => {
    requested = await nextRemoval();
    const { db, target } = suite.pipeline;
    heads = [b, `${b}^`].map((rev) => ostree('rev-parse', `--repo=${target.path}`, rev).trim());
    await runToEnd(suite.pipeline, requested);
    await db.retirement.updateMany({ where: { state: 'waiting' }, data: { dueAt: new Date() } });
  });

  async function finish(): Promise<void> {
    const { db, target } = suite.pipeline;
    const of = { promotionNumber: requested.number };
    const worker = suite.start();
    await until(
      () => worker.output(),
      async () => (await db.retirement.count({ where: { ...of, state: 'done' } })) === 1,
    );
    await worker.stop();
    for (const commit of heads) expect(existsSync(objectOf(target.path, commit, 'commit'))).toBe(false);
    expectClean(target);
    expect(ostree('ls', '-R', `--repo=${target.path}`, a)).toContain('/etc/version');
    expect(await db.auditEvent.count({ where: { ...of, kind: 'retirement.done' } })).toBe(1);
    expect(await db.auditEvent.count({ where: { ...of, kind: 'retirement.began' } })).toBe(1);
    // Nothing is left of it, as far as `ostree` sees: only what came before Treeline's own files.
    expect(ostree('prune', `--repo=${target.path}`, '--refs-only', '--no-prune')).toMatch(
      /No unreachable objects/,
    );
  }

  test.each(RETIRING)('%s: the next one finishes it once', async (fault) => {
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
