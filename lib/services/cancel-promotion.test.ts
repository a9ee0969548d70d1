import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cancelPromotion } from './cancel-promotion';
import { getPromotion } from './get-promotion';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import { withdrawPromotion } from './withdraw-promotion';

let bench: PromotionBench;
beforeAll(async () => {
  bench = await makePromotionBench();
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

/** An approved promotion as a worker leaves it that has claimed its run. */
async function running() {
  const { world, reviewer } = bench;
  const { number } = await bench.decide(await bench.request(), reviewer);
  const row = await world.db.promotion.update({ where: { number }, data: { state: 'running' } });
  await world.db.run.updateMany({
    where: { promotionId: row.id },
    data: { state: 'running', startedAt: world.clock.now(), retryAt: world.clock.now() },
  });
  return { number, promotionId: row.id };
}

test('a release manager or an admin asks; it is noted once, shown, and on record', async () => {
  const { world, manager } = bench;
  for (const actor of [await world.person('release-manager', 'colleague'), await world.person('admin')]) {
    const { number, promotionId } = await running();
    expect((await getPromotion(world.ctx, actor, number)).offers.cancel).toEqual({
      isAllowed: true,
      why: null,
    });
    const seen = await cancelPromotion(world.ctx, actor, { number, reason: ' wrong kernel ' });
    expect(seen).toMatchObject({ state: 'running', stateText: 'being cancelled' });
    expect(seen.runs[0]).toMatchObject({
      cancel: { by: actor.displayName, reason: 'wrong kernel' },
      retryAt: null,
    });
    expect(seen.timeline.at(-1)).toMatchObject({
      kind: 'promotion.cancel-asked',
      text: expect.stringContaining('wrong kernel'),
    });
    await expect(cancelPromotion(world.ctx, manager, { number })).rejects.toMatchObject({
      code: 'state-changed',
      message: expect.stringContaining('has asked for that already'),
    });
    expect(await world.db.runCancel.count({ where: { run: { promotionId } } })).toBe(1);
    await bench.clear();
  }
});

test('nobody else may, and what has not begun is withdrawn instead', async () => {
  const { world, manager } = bench;
  const requested = await bench.request();
  await expect(cancelPromotion(world.ctx, manager, { number: requested.number })).rejects.toMatchObject({
    code: 'state-changed',
    message: expect.stringContaining('withdraw it instead'),
  });
  await withdrawPromotion(world.ctx, manager, requested.number);
  const { number } = await running();
  for (const role of ['viewer', 'reviewer', 'auditor'] as const) {
    const actor = await world.person(role);
    await expect(cancelPromotion(world.ctx, actor, { number })).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(cancelPromotion(world.ctx, world.system, { number })).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(cancelPromotion(world.ctx, manager, { number: 9999 })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(cancelPromotion(world.ctx, manager, { number, reason: 7 } as never)).rejects.toMatchObject({
    code: 'input-invalid',
  });
  await expect(withdrawPromotion(world.ctx, manager, number)).rejects.toThrow(/cancel it instead/);
  expect(await world.db.runCancel.count({ where: { run: { promotion: { number } } } })).toBe(0);
});

test('once its refs move it is refused, and the page says why', async () => {
  const { world, manager } = bench;
  const { number, promotionId } = await running();
  await world.db.run.updateMany({ where: { promotionId }, data: { committedAt: world.clock.now() } });
  const { offers } = await getPromotion(world.ctx, manager, number);
  expect(offers.cancel).toEqual({
    isAllowed: false,
    why: 'its refs are being published; it only goes forward',
  });
  await expect(cancelPromotion(world.ctx, manager, { number })).rejects.toMatchObject({
    code: 'state-changed',
  });
});
