import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getPromotion } from './get-promotion';
import { listApprovalQueue } from './list-approval-queue';
import { listPromotions } from './list-promotions';
import { REF, type TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import type { World } from './testing/world';

let bench: PromotionBench;
let manager: PersonActor;
let pipeline: TestPipeline;
let reviewer: PersonActor;
let world: World;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, reviewer, world } = bench);
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

test('the same request gives the same plan, and stores nothing', async () => {
  const [one, two] = [await bench.plan(), await bench.plan()];
  expect(two.planChecksum).toBe(one.planChecksum);
  expect(two.plan).toEqual(one.plan);
  expect(one.isBlocked).toBe(false);
  expect(one.plan.refs).toEqual([
    expect.objectContaining({
      sourceRef: REF,
      sourceChecksum: pipeline.head('dev', REF),
      expectedChecksum: pipeline.head('staging', REF),
      resultingChecksum: pipeline.head('dev', REF),
      timestamp: null,
    }),
  ]);
  expect(one.facts.refs).toEqual([
    expect.objectContaining({ fromVersion: '1', toVersion: '2', commits: 1, willLink: true }),
  ]);
  expect(await world.db.promotion.count({ where: { state: 'requested' } })).toBe(0);
});

test('a promotion may be asked for with a time: it is part of the plan, and its run waits for it', async () => {
  const edge = pipeline.edge.id;
  const notBefore = new Date(world.clock.now().getTime() + 7_200_000).toISOString();
  const unscheduled = await bench.plan();
  const { plan, planChecksum, facts } = await createPlan(world.ctx, manager, { edge, refs, notBefore });
  expect(plan.notBefore).toBe(notBefore);
  expect(facts.checks).toContainEqual(expect.objectContaining({ code: 'schedule', result: 'pass' }));
  const ask = { edge, refs, reason: 'on Friday', planChecksum: unscheduled.planChecksum, notBefore };
  await expect(createPromotion(world.ctx, manager, ask)).rejects.toMatchObject({ code: 'plan-changed' });
  const promotion = await createPromotion(world.ctx, manager, { ...ask, planChecksum });
  const waits = [{ code: 'scheduled', detail: expect.any(String), until: notBefore }];
  expect(promotion).toMatchObject({ state: 'requested', waits });
  expect(promotion.timeline[0]?.text).toContain('not before 2026-11-23 14:00 UTC');
  const approved = await bench.decide(promotion, reviewer);
  expect(approved).toMatchObject({ state: 'approved', stateText: 'waits: scheduled', waits });
  world.clock.advance(7_200);
  const { number } = promotion;
  expect(await getPromotion(world.ctx, manager, number)).toMatchObject({ stateText: 'queued', waits: [] });
});

test.each([
  ['one that has passed', '2026-11-23T11:59:59.000Z', /has passed/],
  ['one that nobody means', '2028-01-01T00:00:00.000Z', /within 366 days/],
  ['none at all', 'tomorrow', /notBefore/],
  ['one without a zone', '2026-12-01T10:00', /notBefore/],
])('a time that is %s is refused', async (_, notBefore, message) => {
  const input = { edge: pipeline.edge.id, refs, notBefore };
  const refusal = { code: 'input-invalid', fields: { notBefore: expect.any(String) } };
  await expect(createPlan(world.ctx, manager, input)).rejects.toMatchObject(refusal);
  await expect(createPlan(world.ctx, manager, input)).rejects.toThrow(message);
  const ask = { ...input, planChecksum: 'a'.repeat(64), reason: 'because' };
  await expect(createPromotion(world.ctx, manager, ask)).rejects.toMatchObject(refusal);
});

test('a time so late that approvals given now expire first is warned of', async () => {
  const notBefore = new Date(world.clock.now().getTime() + 100 * 3_600_000).toISOString();
  const { facts } = await createPlan(world.ctx, manager, { edge: pipeline.edge.id, refs, notBefore });
  const [check] = facts.checks.filter(({ code }) => code === 'schedule');
  expect(check).toMatchObject({ result: 'warn', detail: expect.stringContaining('count for 72 h') });
});

test('what the edge does not take can’t be planned', async () => {
  const edge = pipeline.edge.id;
  const attempt = (input: object) => createPlan(world.ctx, manager, input as never);
  await expect(attempt({ edge: 'nowhere', refs })).rejects.toMatchObject({ code: 'not-found' });
  await expect(attempt({ edge, refs: [{ ref: 'other/ref' }] })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  await expect(attempt({ edge, refs: [{ ref: 'os/none' }] })).rejects.toMatchObject({
    code: 'ostree/ref-not-found',
  });
  await expect(attempt({ edge, refs: [...refs, ...refs] })).rejects.toMatchObject({ code: 'input-invalid' });
  await expect(attempt({ edge, refs: [{ ref: 'ostree-metadata' }] })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  const foreign = [{ ref: REF, checksum: 'a'.repeat(64) }];
  await expect(attempt({ edge, refs: foreign })).rejects.toMatchObject({ code: 'input-invalid' });
  const present = [{ ref: REF, checksum: pipeline.head('staging', REF) }];
  await expect(attempt({ edge, refs: present })).rejects.toMatchObject({ code: 'nothing-to-promote' });
  for (const ref of ['os/../x', 'os/x\n', '/os/x', 'os/', 'deadbeef', '', { not: '' }, undefined]) {
    await expect(attempt({ edge, refs: [{ ref }] }), String(ref)).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
  for (const input of [{ edge, refs: [] }, { edge }, { refs }, { edge, refs, mode: 'x' }, null]) {
    await expect(attempt(input as object)).rejects.toMatchObject({ code: 'input-invalid' });
  }
});

test('a request is for the plan that was looked at, and for no other', async () => {
  const planChecksum = 'f'.repeat(64);
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'because' };
  await expect(createPromotion(world.ctx, manager, input)).rejects.toMatchObject({ code: 'plan-changed' });
  expect(await world.db.promotion.count({ where: { state: 'requested' } })).toBe(0);
});

test('a request without a reason, or twice for the same plan, is refused', async () => {
  const { planChecksum } = await bench.plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: '  ' };
  await expect(createPromotion(world.ctx, manager, input)).rejects.toMatchObject({ code: 'input-invalid' });
  const first = await bench.request();
  await expect(bench.request()).rejects.toMatchObject({
    code: 'conflict',
    details: { promotion: first.number },
  });
});

test('a request that is sent again with its key makes one promotion', async () => {
  const { planChecksum } = await bench.plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'because', idempotencyKey: 'key-1' };
  const all = await Promise.all([1, 2, 3].map(() => createPromotion(world.ctx, manager, input)));
  expect(new Set(all.map((each) => each.number)).size).toBe(1);
  await expect(
    createPromotion(world.ctx, manager, { ...input, reason: 'another reason' }),
  ).rejects.toMatchObject({ code: 'conflict' });
  await expect(
    createPromotion(world.ctx, manager, { ...input, idempotencyKey: 'key\n2' }),
  ).rejects.toMatchObject({ code: 'input-invalid' });
});

test('only release managers ask', async () => {
  const { planChecksum } = await bench.plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'because' };
  for (const role of ['viewer', 'reviewer', 'auditor', 'admin'] as const) {
    const actor = await world.person(role, `asks-${role}`);
    await expect(createPlan(world.ctx, actor, { edge: pipeline.edge.id, refs })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(createPromotion(world.ctx, actor, input)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(createPromotion(world.ctx, world.system, input)).rejects.toMatchObject({ code: 'forbidden' });
});

test('lists and queues show what waits for whom', async () => {
  const promotion = await bench.request();
  const mine = await listApprovalQueue(world.ctx, reviewer);
  expect(mine.waitingForMe.map((row) => row.number)).toEqual([promotion.number]);
  const theirs = await listApprovalQueue(world.ctx, manager);
  expect(theirs).toMatchObject({ waitingForMe: [], others: [{ number: promotion.number }] });
  const listed = await listPromotions(world.ctx, manager, { state: 'requested', stage: 'staging' });
  expect(listed.items.map((row) => row.number)).toEqual([promotion.number]);
  expect((await listPromotions(world.ctx, manager, { stage: 'production' })).items).toEqual([]);
  await expect(listPromotions(world.ctx, manager, { cursor: 'x' })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  const noWhere = { state: { not: 'x' } } as never;
  await expect(listPromotions(world.ctx, manager, noWhere)).rejects.toMatchObject({ code: 'input-invalid' });
});

test('a source ref that moved on is shown, and a newer request for it too', async () => {
  const promotion = await bench.request();
  const older = pipeline.head('dev', REF);
  const newer = pipeline.commit('dev', REF, { files: { 'etc/version': '3\n' }, version: '3' });
  const seen = await getPromotion(world.ctx, reviewer, promotion.number);
  expect(seen.movedSourceRefs).toEqual([{ ref: REF, now: newer }]);
  expect(seen.newerNumber).toBeNull();
  const { planChecksum, facts } = await bench.plan();
  expect(facts.checks).toContainEqual(expect.objectContaining({ code: 'open-promotion', result: 'warn' }));
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'newer' };
  const next = await createPromotion(world.ctx, manager, input);
  expect((await getPromotion(world.ctx, reviewer, promotion.number)).newerNumber).toBe(next.number);
  // The older commit can still be asked for: it is in the history of the ref.
  const old = await createPlan(world.ctx, manager, {
    edge: pipeline.edge.id,
    refs: [{ ref: REF, checksum: older ?? '' }],
  });
  expect(old.planChecksum).toBe(promotion.planChecksum);
});

test('a target that somebody else changed can’t be promoted into until it is adopted', async () => {
  pipeline.commit('staging', 'os/by-hand', { version: 'x' });
  const blocked = await bench.plan();
  expect(blocked.isBlocked).toBe(true);
  expect(blocked.facts.checks).toContainEqual(
    expect.objectContaining({
      code: 'target-unchanged',
      result: 'fail',
      detail: expect.stringContaining('os/by-hand'),
    }),
  );
  await expect(bench.request()).rejects.toMatchObject({ code: 'plan-blocked' });
});
