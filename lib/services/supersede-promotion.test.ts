import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getPromotion } from './get-promotion';
import { listApprovalQueue } from './list-approval-queue';
import { listPromotions } from './list-promotions';
import { REF } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';

let bench: PromotionBench;
let version = 3;
beforeAll(async () => {
  bench = await makePromotionBench();
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

function nextRelease(): string {
  version += 1;
  return bench.pipeline.commit('dev', REF, {
    files: { 'etc/version': `${version}\n` },
    version: String(version),
  });
}

/** Asks for the head of dev in the place of an older request. */
async function askInPlaceOf(supersedes: number, wanted: { ref: string; checksum?: string }[] = refs) {
  const { world, manager, pipeline } = bench;
  const input = { edge: pipeline.edge.id, refs: wanted };
  const { planChecksum, supersedable } = await createPlan(world.ctx, manager, input);
  const ask = { ...input, planChecksum, reason: 'newer', supersedes };
  return { ask, supersedable, done: () => createPromotion(world.ctx, manager, ask) };
}

test('an approved request ends with the newer one: run, approvals and all, in one transaction', async () => {
  const { world, manager, reviewer } = bench;
  const older = await bench.decide(await bench.request(), reviewer);
  nextRelease();
  const { supersedable, done } = await askInPlaceOf(older.number);
  expect(supersedable).toEqual([{ number: older.number, requester: manager.displayName, isApproved: true }]);
  const newer = await done();
  expect(newer.facts.checks.filter(({ code }) => code === 'open-promotion')).toEqual([]);
  expect(newer).toMatchObject({ state: 'requested', supersedes: older.number, newerNumber: null });
  const ended = await getPromotion(world.ctx, reviewer, older.number);
  expect(ended).toMatchObject({
    state: 'superseded',
    stateText: `superseded by #${newer.number}`,
    supersededBy: newer.number,
    runs: [{ state: 'stale' }],
    approvals: [{ isVoid: true, voided: { why: `superseded by #${newer.number}` } }],
  });
  expect(ended.timeline.map(({ kind }) => kind).slice(-2)).toEqual([
    'promotion.approvals-voided',
    'promotion.superseded',
  ]);
  expect(Object.values(ended.offers).filter(({ isAllowed }) => isAllowed)).toEqual([]);
  const queue = await listApprovalQueue(world.ctx, reviewer);
  expect(queue.waitingForMe.map((row) => [row.number, row.supersedes])).toEqual([
    [newer.number, older.number],
  ]);
  const { items } = await listPromotions(world.ctx, reviewer, { state: 'superseded' });
  expect(items[0]?.stateText).toBe(`superseded by #${newer.number}`);
});

test('nothing is stored where the older one can’t be superseded', async () => {
  const { world, reviewer } = bench;
  const older = await bench.decide(await bench.request(), reviewer);
  nextRelease();
  const { done, ask } = await askInPlaceOf(older.number);
  const count = await world.db.promotion.count();
  await world.db.promotion.update({ where: { number: older.number }, data: { state: 'running' } });
  await expect(done()).rejects.toMatchObject({
    code: 'state-changed',
    message: expect.stringContaining('its run has begun'),
  });
  await world.db.promotion.update({ where: { number: older.number }, data: { state: 'published' } });
  await expect(done()).rejects.toThrow(/is published, so there is nothing/);
  await expect(createPromotion(world.ctx, bench.manager, { ...ask, supersedes: 9999 })).rejects.toMatchObject(
    { code: 'not-found', details: { field: 'supersedes' } },
  );
  expect(await world.db.promotion.count()).toBe(count);
});

test('not by a request for an older commit, nor by one that leaves a ref out', async () => {
  const { pipeline, world, manager } = bench;
  const before = pipeline.head('dev', REF) ?? '';
  nextRelease();
  const newest = await bench.request();
  const back = await askInPlaceOf(newest.number, [{ ref: REF, checksum: before }]);
  expect(back.supersedable).toEqual([]);
  await expect(back.done()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('to a later commit'),
  });
  pipeline.commit('dev', 'os/other', { version: '1' });
  const both = await askInPlaceOf(newest.number, [{ ref: REF }, { ref: 'os/other' }]);
  const wider = await both.done();
  nextRelease();
  const narrow = await askInPlaceOf(wider.number);
  expect(narrow.supersedable).toEqual([]);
  await expect(narrow.done()).rejects.toThrow(/os\/other too/);
  const [left] = (await listPromotions(world.ctx, manager, { state: 'requested' })).items;
  expect(left?.number).toBe(wider.number);
});
