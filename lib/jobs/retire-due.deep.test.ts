import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock';
import { insertRetirement } from '../db/retirement';
import { openRepo } from '../ostree/repo/open-repo';
import { tryLockProduct, tryLockRepo } from '../ostree/write/lock';
import { retireOne } from './retire-due';
import { makePipeline, objectOf, ostree, type Pipeline } from './testing/pipeline';
import { removing } from './testing/removal-plan';
import type { WorkerContext } from './worker-context';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
let pipeline: Pipeline;
let head: string;

beforeEach(async () => {
  pipeline = await makePipeline({ refs: [a, b], fileCount: 2 });
  head = pipeline.headOf(pipeline.target, b) as string;
});
afterEach(() => pipeline.close());

const said: string[] = [];
const say = (_: object, message: string) => void said.push(message);
const retire = () => {
  const ctx = { db: pipeline.db, clock: systemClock, log: { info: say, warn: say, error: say } };
  return retireOne(ctx as unknown as WorkerContext, new AbortController().signal);
};
const isThere = (checksum = head) => existsSync(objectOf(pipeline.target.path, checksum, 'commit'));
const row = () => pipeline.db.retirement.findFirstOrThrow();

/** The ref is gone from the target, and what it led to is due. */
async function leave(dueAt = new Date(Date.now() - 1000)): Promise<void> {
  const { db, target } = pipeline;
  ostree('refs', `--repo=${target.path}`, '--delete', b);
  await db.ledgerRef.deleteMany({ where: { ref: b } });
  const removal = { stageId: target.id, promotionNumber: 77, refs: [{ ref: b, checksum: head }] };
  await insertRetirement(db, { ...removal, removedAt: new Date(), dueAt });
}

/** A published promotion that put the commit on the ref, so long ago. */
async function hadBeenOn(ref: string, days: number): Promise<void> {
  const { promotionId } = await pipeline.approve([ref], (plan) => ({
    ...plan,
    refs: plan.refs.map((each) => ({ ...each, sourceChecksum: head, resultingChecksum: head })),
  }));
  const endedAt = new Date(Date.now() - days * 86_400_000);
  await pipeline.db.promotion.update({ where: { id: promotionId }, data: { state: 'published', endedAt } });
  await pipeline.db.run.updateMany({ where: { promotionId }, data: { state: 'done' } });
}

describe('what a removal left is deleted', () => {
  test('when it is due and no sooner, once, and nothing else', async () => {
    await leave(new Date(Date.now() + 60_000));
    expect(await retire()).toBe(false);
    await pipeline.db.retirement.updateMany({ data: { dueAt: new Date() } });
    const stray = ostree('commit', `--repo=${pipeline.target.path}`, '--orphan', `--tree=ref=${head}`).trim();
    expect(await retire()).toBe(true);
    expect([isThere(), isThere(stray)]).toEqual([false, true]);
    // The stray one has the very tree: nothing but the commit went.
    expect(ostree('ls', '-R', `--repo=${pipeline.target.path}`, stray)).toContain('/etc/version');
    expect(await row()).toMatchObject({ state: 'done', resultJson: expect.stringContaining('"objects":1') });
    expect(await retire()).toBe(false);
  });

  test('unless the ref is back', async () => {
    await leave();
    ostree('refs', `--repo=${pipeline.target.path}`, `--create=${b}`, head);
    expect(await retire()).toBe(true);
    expect(isThere()).toBe(true);
    expect(await row()).toMatchObject({ state: 'done', resultJson: expect.stringContaining('"commits":0') });
    const event = await pipeline.db.auditEvent.findFirstOrThrow({ where: { kind: 'retirement.done' } });
    expect(event.dataJson).toContain('"commits":0');
  });

  test('unless an open promotion names it, whichever way that goes', async () => {
    const { db, target, edgeId } = pipeline;
    const asked = await pipeline.approve([b], removing(pipeline));
    await leave();
    expect(await retire()).toBe(true);
    expect(isThere()).toBe(true);
    await db.retirement.updateMany({ data: { state: 'waiting' } });
    // Out of the stage.
    await db.edge.update({
      where: { id: edgeId },
      data: { fromStageId: target.id, toStageId: pipeline.source.id },
    });
    expect(await retire()).toBe(true);
    expect(isThere()).toBe(true);
    await db.retirement.updateMany({ data: { state: 'waiting' } });
    await db.promotion.update({ where: { id: asked.promotionId }, data: { state: 'withdrawn' } });
    expect(await retire()).toBe(true);
    expect(isThere()).toBe(false);
  });

  test.each([
    [29, true],
    [31, false],
  ])('unless another ref was at it: %i days ago', async (days, stays) => {
    await hadBeenOn(a, days);
    await leave();
    expect(await retire()).toBe(true);
    expect(isThere()).toBe(stays);
  });
});

describe('nothing is deleted', () => {
  test('that somebody wants kept, or of which there is no row', async () => {
    await leave();
    await pipeline.db.retirement.updateMany({ data: { state: 'stopped' } });
    expect(await retire()).toBe(false);
    await pipeline.db.retirement.deleteMany();
    expect(await retire()).toBe(false);
    expect(isThere()).toBe(true);
  });

  test('while somebody else is at the stage', async () => {
    await leave();
    const repo = openRepo(pipeline.target.path);
    const product = tryLockProduct(repo);
    expect(await retire()).toBe(false);
    product?.release();
    // That is no news: it is tried again in a while.
    const later = { state: 'waiting', errorMessage: null, retryAt: expect.any(Date) };
    expect(await row()).toMatchObject(later);
    await pipeline.db.retirement.updateMany({ data: { retryAt: null } });
    const shared = tryLockRepo(repo, 'shared');
    expect(await retire()).toBe(false);
    shared?.release();
    repo.close();
    expect(await row()).toMatchObject(later);
    expect(isThere()).toBe(true);
    await pipeline.db.retirement.updateMany({ data: { retryAt: null } });
    const run = {
      id: randomUUID(),
      attempt: 1,
      state: 'running',
      createdAt: new Date(),
      activeKey: pipeline.target.id,
    };
    const { promotionId } = await pipeline.approve([a]);
    await pipeline.db.run.create({ data: { ...run, attempt: 2, promotionId } });
    expect(await retire()).toBe(false);
    expect(isThere()).toBe(true);
  });

  test('where the repository can’t be read: the row says why', async () => {
    await leave();
    await pipeline.db.stage.updateMany({ where: { id: pipeline.target.id }, data: { repoIno: '1' } });
    expect(await retire()).toBe(false);
    expect(await row()).toMatchObject({
      state: 'waiting',
      errorMessage: expect.stringMatching(/another directory/),
    });
  });
});
