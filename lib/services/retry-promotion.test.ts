import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { getPromotion } from './get-promotion';
import { retryPromotion } from './retry-promotion';
import type { TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';
import { withdrawPromotion } from './withdraw-promotion';

let bench: PromotionBench;
let manager: PersonActor;
let pipeline: TestPipeline;
let reviewer: PersonActor;
let second: PersonActor;
let world: World;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, reviewer, second, world } = bench);
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

test('a change of policy makes what has not begun stale, and an approval given before void', async () => {
  const promotion = await bench.request();
  await bench.decide(promotion, reviewer);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: false });
  const stale = await getPromotion(world.ctx, manager, promotion.number);
  expect(stale).toMatchObject({ state: 'stale', stateText: 'stale: the policy of the edge was changed' });
  expect(stale.runs).toEqual([expect.objectContaining({ state: 'stale' })]);
  const again = await retryPromotion(world.ctx, manager, promotion.number);
  expect(again.state).toBe('requested');
  expect(again.planChecksum).not.toBe(promotion.planChecksum);
  expect(again.approvals).toEqual([expect.objectContaining({ isVoid: true })]);
  expect(again.stateText).toBe('0 of 1 approval');
  await expect(bench.decide(promotion, second)).rejects.toMatchObject({ code: 'plan-changed' });
  expect(await bench.decide(again, reviewer)).toMatchObject({ state: 'approved' });
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: true });
});

test('who asked withdraws, before it begins, and nobody else', async () => {
  const promotion = await bench.request();
  const { number } = promotion;
  for (const actor of [
    reviewer,
    await world.person('admin'),
    await world.person('release-manager', 'colleague'),
  ]) {
    await expect(withdrawPromotion(world.ctx, actor, number)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await bench.decide(promotion, reviewer);
  const withdrawn = await withdrawPromotion(world.ctx, manager, number);
  expect(withdrawn).toMatchObject({
    state: 'withdrawn',
    runs: [expect.objectContaining({ state: 'stale' })],
  });
  await expect(withdrawPromotion(world.ctx, manager, number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  await expect(withdrawPromotion(world.ctx, manager, 9999)).rejects.toMatchObject({ code: 'not-found' });
});

test('what a worker has begun can’t be withdrawn', async () => {
  const promotion = await bench.request();
  await bench.decide(promotion, reviewer);
  // The worker's claim has moved the run and not yet the promotion.
  await world.db.run.updateMany({ where: { state: 'queued' }, data: { state: 'running', activeKey: 'x' } });
  await expect(withdrawPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  await world.db.promotion.update({ where: { number: promotion.number }, data: { state: 'running' } });
  await expect(withdrawPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
});

test('a failed run is tried again with the plan that was approved', async () => {
  const promotion = await bench.request();
  await bench.decide(promotion, reviewer);
  await expect(retryPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  await bench.end(promotion, 'failed');
  await expect(retryPromotion(world.ctx, reviewer, promotion.number)).rejects.toMatchObject({
    code: 'forbidden',
  });
  const retried = await retryPromotion(world.ctx, manager, promotion.number);
  expect(retried).toMatchObject({ state: 'approved', planChecksum: promotion.planChecksum, endedAt: null });
  expect(retried.runs.map((run) => [run.attempt, run.state])).toEqual([
    [1, 'failed'],
    [2, 'queued'],
  ]);
  const both = await Promise.allSettled(
    [1, 2].map(() => retryPromotion(world.ctx, manager, promotion.number)),
  );
  expect(both.every((each) => each.status === 'rejected')).toBe(true);
});

test('a stale run whose plan comes out the same runs again', async () => {
  const promotion = await bench.request();
  await bench.decide(promotion, reviewer);
  await bench.end(promotion, 'stale');
  const retried = await retryPromotion(world.ctx, manager, promotion.number);
  expect(retried).toMatchObject({ state: 'approved', planChecksum: promotion.planChecksum });
  expect(retried.approvals).toEqual([expect.objectContaining({ isVoid: false })]);
});

test('published and rejected are not tried again', async () => {
  const promotion = await bench.request();
  await bench.decide(promotion, reviewer);
  await bench.end(promotion, 'published');
  await expect(retryPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
});
