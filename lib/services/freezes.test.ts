import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import type { FreezeInput } from '../contracts/freeze';
import { findWaits } from '../jobs/waits/find-waits';
import { addFreeze } from './add-freeze';
import { createPlan } from './create-plan';
import { getBoard } from './get-board';
import { getFreezeCalendar } from './get-freeze-calendar';
import { getPromotion } from './get-promotion';
import { getStagePage } from './get-stage-page';
import { listAudit } from './list-audit';
import { listFreezes } from './list-freezes';
import { overrideFreeze } from './override-freeze';
import { previewFreeze } from './preview-freeze';
import { reinstateFreeze } from './reinstate-freeze';
import { removeFreeze } from './remove-freeze';
import { retryPromotion } from './retry-promotion';
import type { TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';
import { updateFreeze } from './update-freeze';

let bench: PromotionBench;
let admin: PersonActor;
let manager: PersonActor;
let pipeline: TestPipeline;
let reviewer: PersonActor;
let world: World;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, reviewer, world } = bench);
  admin = await world.person('admin');
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await world.db.freezeWindow.updateMany({ data: { removedAt: world.clock.now() } });
});

/** Wall time in UTC so many hours from now. */
const wall = (hours: number) =>
  new Date(world.clock.now().getTime() + hours * 3_600_000).toISOString().slice(0, 16);
const iso = (hours: number) => `${wall(hours)}:00.000Z`;
const input = (of: Partial<FreezeInput> = {}): FreezeInput => ({
  name: 'Year end',
  reason: 'nobody is there',
  stage: 'staging',
  start: wall(-1),
  end: wall(5),
  timeZone: 'UTC',
  rule: null,
  ...of,
});
const freeze = (of: Partial<FreezeInput> = {}) => addFreeze(world.ctx, admin, input(of));
const read = (number: number) => getPromotion(world.ctx, manager, number);
const lastEvent = async () => (await listAudit(world.ctx, admin, {})).items[0];

describe('windows', () => {
  test('are added, changed and removed by admins, each with its event', async () => {
    const added = await freeze();
    expect(added).toMatchObject({
      name: 'Year end',
      stage: 'staging',
      now: { from: iso(-1), to: iso(5) },
      next: null,
    });
    expect(await lastEvent()).toMatchObject({ kind: 'freeze.added', stage: 'staging' });
    const changed = await updateFreeze(world.ctx, admin, { id: added.id, end: wall(9), stage: null });
    expect(changed).toMatchObject({ stage: null, now: { to: iso(9) } });
    expect((await lastEvent())?.text).toBe(
      `changed the freeze window Year end: stage staging → all stages, end ${wall(5)} → ${wall(9)}`,
    );
    const { id } = added;
    expect(await updateFreeze(world.ctx, admin, { id, end: wall(9) })).toEqual(changed);
    expect((await lastEvent())?.text).toContain(wall(9));
    expect(await removeFreeze(world.ctx, admin, id)).toMatchObject({ id });
    expect(await lastEvent()).toMatchObject({ kind: 'freeze.removed' });
    expect(await listFreezes(world.ctx, manager)).toEqual([]);
    await expect(removeFreeze(world.ctx, admin, id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(updateFreeze(world.ctx, admin, { id, end: wall(2) })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('are for nobody else to change, and for everybody to see', async () => {
    const { id } = await freeze();
    for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor'] as const) {
      const actor = await world.person(role);
      const { ctx } = world;
      const { start, end, timeZone, rule } = input();
      for (const attempt of [
        addFreeze(ctx, actor, input({ name: 'Other' })),
        updateFreeze(ctx, actor, { id, end: wall(1) }),
        removeFreeze(ctx, actor, id),
        previewFreeze(ctx, actor, { start, end, timeZone, rule }),
      ]) {
        await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
      }
      expect(await listFreezes(ctx, actor)).toHaveLength(1);
      expect((await getFreezeCalendar(ctx, actor, {})).times).toHaveLength(1);
    }
  });

  test.each<[string, Partial<FreezeInput>, string, string]>([
    ['a rule within a day', { rule: 'FREQ=HOURLY' }, 'rule', 'input-invalid'],
    ['no such zone', { timeZone: 'Nowhere/Land' }, 'timeZone', 'input-invalid'],
    ['its end first', { end: '2026-11-01T00:00' }, 'end', 'input-invalid'],
    [
      'an end that has passed',
      { start: '2026-11-01T00:00', end: '2026-11-02T00:00' },
      'end',
      'input-invalid',
    ],
    [
      'a rule that has run out',
      { start: '2026-11-01T00:00', end: '2026-11-02T00:00', rule: 'FREQ=WEEKLY;COUNT=2' },
      'rule',
      'input-invalid',
    ],
    ['a time that is none', { start: '2026-02-30T10:00' }, 'start', 'input-invalid'],
    ['no name', { name: ' ' }, 'name', 'input-invalid'],
    ['a name of two lines', { name: 'a\nb' }, 'name', 'input-invalid'],
    ['no reason', { reason: '' }, 'reason', 'input-invalid'],
    ['no such stage', { stage: 'nowhere' }, 'stage', 'not-found'],
    ['a name that is taken', { name: 'Taken' }, 'name', 'name-taken'],
  ])('with %s are refused, and the field is named', async (_, of, field, code) => {
    await freeze({ name: 'Taken' });
    await expect(freeze(of)).rejects.toMatchObject({ code, details: { field } });
    expect(await listFreezes(world.ctx, admin)).toHaveLength(1);
  });

  test('are previewed, and shown in the calendar of their month', async () => {
    const times = {
      start: '2026-11-27T18:00',
      end: '2026-11-30T06:00',
      timeZone: 'Europe/Berlin',
      rule: 'rrule:freq=weekly',
    };
    const { next } = await previewFreeze(world.ctx, admin, times);
    expect(next).toHaveLength(5);
    expect(next[0]).toEqual({ from: '2026-11-27T17:00:00.000Z', to: '2026-11-30T05:00:00.000Z' });
    expect(await listFreezes(world.ctx, admin)).toEqual([]);
    await freeze({ ...times, name: 'Weekend', stage: null });
    const { month, times: shown } = await getFreezeCalendar(world.ctx, manager, { month: '2026-12' });
    expect(month).toBe('2026-12');
    expect(shown.map(({ from }) => from.slice(0, 10))).toEqual([
      '2026-11-27',
      '2026-12-04',
      '2026-12-11',
      '2026-12-18',
      '2026-12-25',
      '2027-01-01',
      '2027-01-08',
    ]);
    await expect(getFreezeCalendar(world.ctx, manager, { month: '2026-13' })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  });
});

describe('a freeze', () => {
  const frozen = { code: 'frozen', detail: 'staging is frozen by Year end' };

  test('lets a promotion be planned, asked for and approved, and its run wait', async () => {
    await freeze();
    const { facts, isBlocked } = await bench.plan();
    expect(isBlocked).toBe(false);
    expect(facts.checks).toContainEqual(
      expect.objectContaining({
        code: 'freeze',
        result: 'warn',
        detail: expect.stringContaining('frozen by Year end until 2026-'),
      }),
    );
    const promotion = await bench.request();
    const waits = [{ ...frozen, until: iso(5) }];
    expect(promotion).toMatchObject({
      waits,
      freeze: { windows: [{ name: 'Year end', reason: 'nobody is there' }] },
    });
    const approved = await bench.decide(promotion, reviewer);
    expect(approved).toMatchObject({ state: 'approved', stateText: 'waits: frozen', waits });
    const board = await getBoard(world.ctx, manager);
    expect(board.inFlight[0]).toMatchObject({ stateText: 'waits: frozen', waits });
    expect(board.stages.map(({ stage, freeze: is }) => [stage.name, is?.until ?? null])).toEqual([
      ['dev', null],
      ['staging', iso(5)],
    ]);
    world.clock.advance(5 * 3600);
    expect(await read(promotion.number)).toMatchObject({ stateText: 'queued', waits: [], freeze: null });
  });

  test('of the source, or of another time, stops nothing', async () => {
    await freeze({ name: 'dev', stage: 'dev' });
    await freeze({ name: 'later', start: wall(3) });
    const promotion = await bench.request();
    expect(promotion).toMatchObject({ waits: [], freeze: null });
    expect(promotion.facts.checks).toContainEqual(
      expect.objectContaining({
        code: 'freeze',
        result: 'pass',
        detail: expect.stringContaining('later begins'),
      }),
    );
  });

  test('that is there when a scheduled promotion could begin is in its plan', async () => {
    await freeze({ start: wall(10), end: wall(200) });
    const { facts } = await createPlan(world.ctx, manager, {
      edge: pipeline.edge.id,
      refs,
      notBefore: iso(12),
    });
    const [check] = facts.checks.filter(({ code }) => code === 'freeze');
    expect(check).toMatchObject({
      result: 'warn',
      detail: expect.stringContaining('approvals count for 72 h'),
    });
  });

  test('of several windows is told by those that hold, until all of them have ended', async () => {
    await freeze();
    await freeze({ name: 'Move', stage: null, start: wall(4), end: wall(8) });
    const promotion = await bench.request();
    const detail = 'staging is frozen by Year end, then Move';
    expect(promotion.waits).toEqual([{ code: 'frozen', detail, until: iso(8) }]);
    world.clock.advance(4.5 * 3600);
    const { waits } = await read(promotion.number);
    expect(waits[0]?.detail).toBe('staging is frozen by Move and Year end');
  });
});

describe('an override', () => {
  const override = (number: number, planChecksum: string, actor: PersonActor = admin) =>
    overrideFreeze(world.ctx, actor, { number, planChecksum, reason: 'the fix for all devices' });

  test('needs its own right, a reason, the plan that was looked at, and a freeze', async () => {
    const promotion = await bench.request();
    const { number, planChecksum } = promotion;
    await expect(override(number, planChecksum)).rejects.toMatchObject({ code: 'state-changed' });
    await freeze();
    for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor'] as const) {
      await expect(override(number, planChecksum, await world.person(role))).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    expect((await read(number)).offers.overrideFreeze).toMatchObject({ isAllowed: false });
    await expect(override(number, 'f'.repeat(64))).rejects.toMatchObject({ code: 'plan-changed' });
    await expect(
      overrideFreeze(world.ctx, admin, { number, planChecksum, reason: ' ' }),
    ).rejects.toMatchObject({ code: 'input-invalid', details: { field: 'reason' } });
    await expect(override(9999, planChecksum)).rejects.toMatchObject({ code: 'not-found' });
    expect((await getPromotion(world.ctx, admin, number)).offers.overrideFreeze.isAllowed).toBe(true);
    expect((await read(number)).overrides).toEqual([]);
  });

  test('lets that one promotion past, approves nothing, and is loud', async () => {
    await freeze();
    const promotion = await bench.request();
    const { number, planChecksum } = promotion;
    const after = await override(number, planChecksum);
    expect(after).toMatchObject({
      state: 'requested',
      waits: [],
      freeze: null,
      overrides: [
        { by: 'admin', reason: 'the fix for all devices', windows: ['Year end'], withdrawnAt: null },
      ],
      offers: { overrideFreeze: { isAllowed: false } },
    });
    expect(await lastEvent()).toMatchObject({
      kind: 'freeze.overridden',
      promotion: number,
      text: `overrode the freeze of staging (Year end) for #${number}: the fix for all devices`,
    });
    await expect(override(number, planChecksum)).rejects.toMatchObject({ code: 'state-changed' });
    const other = await world.db.promotion.findUniqueOrThrow({ where: { number }, include: { edge: true } });
    expect(await findWaits(world.db, { ...other, id: 'another' }, world.clock.now())).toHaveLength(1);
    expect(await bench.decide(promotion, reviewer)).toMatchObject({ state: 'approved', stateText: 'queued' });
  });

  test('is for that one time of the window, as it was', async () => {
    const window = await freeze({ rule: 'FREQ=DAILY' });
    const promotion = await bench.request();
    const { number, planChecksum } = promotion;
    await override(number, planChecksum);
    world.clock.advance(24 * 3600);
    expect((await read(number)).waits).toHaveLength(1);
    world.clock.advance(-24 * 3600);
    expect((await read(number)).waits).toEqual([]);
    await updateFreeze(world.ctx, admin, { id: window.id, reason: 'for a better reason' });
    expect((await read(number)).waits).toHaveLength(1);
  });

  test('does not hold for a window that begins afterwards', async () => {
    await freeze();
    const { number, planChecksum } = await bench.request();
    await override(number, planChecksum);
    await freeze({ name: 'Incident', stage: null });
    expect((await read(number)).waits).toEqual([
      { code: 'frozen', detail: 'staging is frozen by Incident', until: iso(5) },
    ]);
  });

  test('is withdrawn for ever when the plan becomes another', async () => {
    await freeze();
    const promotion = await bench.request();
    const { number, planChecksum } = promotion;
    await override(number, planChecksum);
    await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: false });
    const again = await retryPromotion(world.ctx, manager, number);
    expect(again.planChecksum).not.toBe(planChecksum);
    expect(again).toMatchObject({
      waits: [{ code: 'frozen' }],
      overrides: [{ withdrawnAt: world.clock.now().toISOString() }],
    });
    expect(again.timeline.map(({ kind }) => kind)).toContain('freeze.override-withdrawn');
    await world.db.promotion.update({ where: { number }, data: { planChecksum } });
    expect((await read(number)).waits).toHaveLength(1);
    await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: true });
  });

  test('is not possible once it runs or is over', async () => {
    await freeze();
    const promotion = await bench.request();
    await bench.decide(promotion, reviewer);
    await bench.end(promotion, 'published');
    await expect(override(promotion.number, promotion.planChecksum)).rejects.toThrow(/it is published/);
    expect((await read(promotion.number)).freeze).toBeNull();
  });
});

describe('an override that is taken back', () => {
  const reinstate = (number: number, actor: PersonActor = manager, reason = 'the fix is no fix') =>
    reinstateFreeze(world.ctx, actor, { number, reason });
  async function overridden() {
    await freeze();
    const promotion = await bench.request();
    const { number, planChecksum } = promotion;
    await overrideFreeze(world.ctx, admin, { number, planChecksum, reason: 'the fix for all devices' });
    return promotion;
  }

  test('stops the promotion again, keeps its approvals, and is loud', async () => {
    const promotion = await overridden();
    const { number, planChecksum } = promotion;
    expect(await bench.decide(promotion, reviewer)).toMatchObject({ state: 'approved', stateText: 'queued' });
    expect((await read(number)).offers.reinstateFreeze).toEqual({ isAllowed: true, why: null });
    const after = await reinstate(number);
    expect(after).toMatchObject({
      state: 'approved',
      stateText: 'waits: frozen',
      waits: [{ code: 'frozen' }],
      overrides: [
        {
          by: 'admin',
          withdrawnAt: world.clock.now().toISOString(),
          withdrawn: { by: 'release-manager', reason: 'the fix is no fix' },
        },
      ],
      offers: { reinstateFreeze: { isAllowed: false, why: 'no override lets it past a freeze' } },
    });
    expect(after.approvals[0]?.isVoid).toBe(false);
    expect(await lastEvent()).toMatchObject({
      kind: 'freeze.override-withdrawn',
      promotion: number,
      actor: 'release-manager',
      text: `withdrew the override of a freeze (Year end) for #${number}: the fix is no fix`,
    });
    expect((await getBoard(world.ctx, manager)).recent[0]?.text).toContain('withdrew the override');
    await expect(reinstate(number)).rejects.toMatchObject({ code: 'state-changed' });
    // It may be overridden once more: that is another override.
    world.clock.advance(60);
    await overrideFreeze(world.ctx, admin, { number, planChecksum, reason: 'it is one after all' });
    expect(await read(number)).toMatchObject({ stateText: 'queued', overrides: [{}, { withdrawnAt: null }] });
  });

  test('needs its own right, a reason, and an override that has not been used', async () => {
    const { number } = await overridden();
    for (const role of ['viewer', 'reviewer', 'auditor'] as const) {
      const actor = await world.person(role);
      await expect(reinstate(number, actor)).rejects.toMatchObject({ code: 'forbidden' });
      const { offers } = await getPromotion(world.ctx, actor, number);
      expect(offers.reinstateFreeze.isAllowed).toBe(false);
    }
    await expect(reinstate(number, manager, ' ')).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(reinstate(9999)).rejects.toMatchObject({ code: 'not-found' });
    expect((await read(number)).overrides[0]?.withdrawnAt).toBeNull();
    const run = { state: 'running', startedAt: world.clock.now() };
    const { id } = await world.db.promotion.update({ where: { number }, data: { state: 'running' } });
    await world.db.run.create({
      data: { id: 'under-way', promotionId: id, attempt: 1, createdAt: world.clock.now(), ...run },
    });
    expect((await read(number)).offers.reinstateFreeze.isAllowed).toBe(true);
    const where = { id: 'under-way' };
    await world.db.run.update({ where, data: { committedAt: world.clock.now() } });
    await expect(reinstate(number)).rejects.toThrow(/its refs are being published; it only goes forward/);
    await world.db.promotion.update({ where: { number }, data: { state: 'published' } });
    await expect(reinstate(number, admin)).rejects.toThrow(/it is published/);
    expect((await read(number)).overrides[0]?.withdrawnAt).toBeNull();
  });
});

test('a stage says what freezes it, and what does so next', async () => {
  const page = () => getStagePage(world.ctx, manager, 'staging');
  const onBoard = async () =>
    (await getBoard(world.ctx, manager)).stages.find(({ stage }) => stage.name === 'staging');
  expect(await page()).toMatchObject({ freeze: null, nextFreeze: null });
  await freeze({ name: 'Far away', start: wall(24 * 22), end: wall(24 * 23) });
  expect(await page()).toMatchObject({ freeze: null, nextFreeze: null });
  await freeze({ name: 'Soon', start: wall(72), end: wall(80) });
  const next = { name: 'Soon', reason: 'nobody is there', from: iso(72), to: iso(80) };
  expect(await page()).toMatchObject({ freeze: null, nextFreeze: next });
  await freeze({ name: 'Now' });
  await freeze({ name: 'Then', start: wall(5), end: wall(9) });
  // What the present stop goes on with is part of it, and comes not next.
  for (const shown of [await page(), await onBoard()]) {
    expect(shown).toMatchObject({ freeze: { names: 'Now, then Then', until: iso(9) }, nextFreeze: next });
  }
  // Nothing leads into dev, so nothing freezes it.
  await freeze({ name: 'All', stage: null });
  expect(await getStagePage(world.ctx, manager, 'dev')).toMatchObject({ freeze: null, nextFreeze: null });
});
