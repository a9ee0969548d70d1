import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession } from './end-session';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import { updatePerson } from './update-person';
import { watchPromotion } from './watch-promotion';

let bench: PromotionBench;
beforeAll(async () => {
  bench = await makePromotionBench();
});
afterAll(() => bench.world.close());

test('a watcher sees each change of the promotion, its run and its steps, and when it ends', async () => {
  const { world, reviewer, decide } = bench;
  const promotion = await bench.request();
  const watch = await watchPromotion(world.ctx, await world.person('viewer'), promotion.number);
  const first = await watch.read();
  expect(first.state).toBe('requested');
  expect(await watch.read(), 'nothing changed, nothing is read anew').toBe(first);
  await decide(promotion, reviewer);
  expect((await watch.read()).state).toBe('approved');

  const step = await world.db.runStep.findFirstOrThrow({ where: { name: 'pull' } });
  const progressJson = JSON.stringify({ lines: ['7 objects linked'], fraction: 0.5 });
  await world.db.runStep.update({ where: { id: step.id }, data: { state: 'running', progressJson } });
  await world.db.run.updateMany({ data: { state: 'running' } });
  await world.db.promotion.updateMany({ data: { state: 'running' } });
  const running = await watch.read();
  expect(running.stateText).toBe('pull 50%');
  expect(running.runs[0]?.steps.find((each) => each.name === 'pull')?.lines).toEqual(['7 objects linked']);
  expect(watch.isLast(running)).toBe(false);
  await bench.end(promotion, 'published');
  const ended = await watch.read();
  expect(watch.isLast(ended)).toBe(true);
});

test('a watcher whose session ends, or who is demoted, is looked up each time', async () => {
  const { world } = bench;
  await bench.clear();
  const promotion = await bench.request();
  const reviewer = await world.person('reviewer', 'watching');
  const watch = await watchPromotion(world.ctx, reviewer, promotion.number);
  expect((await watch.read()).offers.approve.isAllowed).toBe(true);
  await world.db.person.update({ where: { id: reviewer.id }, data: { role: 'viewer' } });
  expect((await watch.read()).offers.approve.isAllowed).toBe(false);
  // The role for the stage alone, too.
  const stage = await world.db.stage.findUniqueOrThrow({ where: { name: 'staging' } });
  const there = { personId: reviewer.id, stageId: stage.id };
  await world.db.stageRole.create({ data: { ...there, role: 'reviewer' } });
  expect((await watch.read()).offers.approve.isAllowed).toBe(true);
  await world.db.stageRole.deleteMany({});
  expect((await watch.read()).offers.approve.isAllowed).toBe(false);
  await endSession(world.ctx, reviewer);
  await expect(watch.read()).rejects.toMatchObject({ code: 'not-signed-in' });

  const other = await world.person('reviewer', 'disabled');
  const second = await watchPromotion(world.ctx, other, promotion.number);
  await updatePerson(world.ctx, world.system, { id: other.id, isDisabled: true });
  await expect(second.read()).rejects.toMatchObject({ code: 'not-signed-in' });
  await expect(watchPromotion(world.ctx, other, 9999)).rejects.toMatchObject({ code: 'not-found' });
});
