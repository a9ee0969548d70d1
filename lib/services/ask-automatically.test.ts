import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { adoptStageRefs } from './adopt-stage-refs';
import { type AutomaticRests, askAutomatically } from './ask-automatically';
import { getBoard } from './get-board';
import { getPromotion } from './get-promotion';
import { liftHold } from './lift-hold';
import { listPeople } from './list-people';
import { listPromotions } from './list-promotions';
import { listServiceAccounts } from './list-service-accounts';
import { retryPromotion } from './retry-promotion';
import { setHold } from './set-hold';
import { REF } from './testing/pipeline';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import { updateEdge } from './update-edge';
import { withdrawPromotion } from './withdraw-promotion';

let bench: PromotionBench;
let release = 2;
beforeAll(async () => {
  bench = await makePromotionBench();
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await set({ automaticRefs: ['os/*/main'], automaticApproval: 'as-usual' });
  await bench.world.db.promotion.updateMany({ data: { state: 'stale' } });
  nextRelease();
});

const set = (change: object) =>
  updateEdge(bench.world.ctx, bench.world.system, { id: bench.pipeline.edge.id, ...change });

function nextRelease(ref = REF): string {
  release += 1;
  return bench.pipeline.commit('dev', ref, {
    files: { 'etc/version': `${release}\n` },
    version: String(release),
  });
}

let said: string[] = [];
/** As the worker does every now and then. */
async function look(rests: AutomaticRests = new Map()) {
  said = [];
  const say = (fields: object, message: string) => said.push(`${message} ${JSON.stringify(fields)}`);
  await askAutomatically(bench.world.ctx, { rests, log: { info: say, warn: say } });
  const { items } = await listPromotions(bench.world.ctx, bench.manager, {});
  return items.filter(({ state }) => ['requested', 'approved', 'running'].includes(state));
}

test('the head of a chosen ref is asked for once, by no person, and approved as usual', async () => {
  const { world, manager, reviewer, pipeline } = bench;
  pipeline.commit('dev', 'os/amd64/devel', { version: '1' });
  const [asked, ...others] = await look();
  expect(others).toEqual([]);
  expect(asked).toMatchObject({
    state: 'requested',
    requester: 'Treeline (automatic)',
    refs: [REF],
    reason: expect.stringContaining(`${REF} in dev is at ${release} `),
  });
  expect(await look()).toEqual([asked]);
  const promotion = await getPromotion(world.ctx, reviewer, asked?.number ?? 0);
  expect(promotion.plan).toMatchObject({ automatic: { approval: 'as-usual' } });
  expect(promotion.timeline[0]).toMatchObject({ actor: 'automatic', kind: 'promotion.requested' });
  expect(await bench.decide(promotion, reviewer)).toMatchObject({ state: 'approved' });
  // Any release manager takes back what nobody asked for.
  expect(promotion.offers.withdraw.isAllowed).toBe(false);
  expect((await withdrawPromotion(world.ctx, manager, promotion.number)).state).toBe('withdrawn');
  const { edges } = await getBoard(world.ctx, reviewer);
  expect(edges[0]?.automatic).toEqual({ refs: ['os/*/main'], approval: 'as-usual' });
});

test('without approval only where the edge says so: then its run is queued at once, and the plan says it', async () => {
  const { world, manager } = bench;
  await set({ automaticApproval: 'none' });
  const [asked] = await look();
  expect(asked?.state).toBe('approved');
  const promotion = await getPromotion(world.ctx, manager, asked?.number ?? 0);
  expect(promotion).toMatchObject({ plan: { automatic: { approval: 'none' } }, runs: [{ state: 'queued' }] });
  expect(promotion.facts.checks).toContainEqual(
    expect.objectContaining({ code: 'automatic', result: 'warn' }),
  );
  // A change of the edge voids it, as it voids approvals; it is asked for anew, under the new policy.
  await set({ automaticApproval: 'as-usual' });
  expect(await getPromotion(world.ctx, manager, promotion.number)).toMatchObject({
    state: 'stale',
    offers: { retry: { isAllowed: false, why: expect.stringContaining('by itself') } },
  });
  await expect(retryPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  expect(await look()).toMatchObject([{ state: 'requested' }]);
});

test('a newer head takes the place of the older one, unless its run has begun', async () => {
  const { world, reviewer } = bench;
  const [older] = await look();
  await bench.decide(await getPromotion(world.ctx, reviewer, older?.number ?? 0), reviewer);
  nextRelease();
  const [newer] = await look();
  expect(newer).toMatchObject({ state: 'requested', supersedes: older?.number });
  expect(await getPromotion(world.ctx, reviewer, older?.number ?? 0)).toMatchObject({
    state: 'superseded',
    supersededBy: newer?.number,
    approvals: [{ isVoid: true }],
  });
  await world.db.promotion.update({ where: { number: newer?.number ?? 0 }, data: { state: 'running' } });
  nextRelease();
  expect((await look()).map(({ number }) => number)).toEqual([newer?.number]);
});

test('a hold of either scope keeps it from asking, and what it has asked for waits', async () => {
  const { world, manager } = bench;
  await set({ automaticApproval: 'none' });
  const about = { stage: 'staging', ref: REF, reason: 'the lab is closed' };
  const [asked] = await look();
  expect(asked?.waits).toEqual([]);
  for (const scope of ['automatic', 'every'] as const) {
    const { id } = await setHold(world.ctx, manager, { ...about, scope });
    expect(await look()).toMatchObject([{ number: asked?.number, waits: [{ code: 'held' }] }]);
    await liftHold(world.ctx, manager, { id, reason: 'it is open' });
  }
  expect(await look()).toMatchObject([{ number: asked?.number, waits: [] }]);
  const { id } = await setHold(world.ctx, manager, { ...about, scope: 'automatic' });
  nextRelease();
  expect((await look()).map(({ number }) => number)).toEqual([asked?.number]);
  await liftHold(world.ctx, manager, { id, reason: 'it is open' });
  expect(await look()).toMatchObject([{ supersedes: asked?.number }]);
});

test('a commit that somebody refused, or that failed, is not asked for again; the next one is', async () => {
  const { world } = bench;
  const [asked] = await look();
  for (const state of ['rejected', 'withdrawn', 'failed', 'cancelled']) {
    await world.db.promotion.update({ where: { number: asked?.number ?? 0 }, data: { state } });
    expect(await look(), state).toEqual([]);
  }
  nextRelease();
  expect(await look()).toHaveLength(1);
});

test('nothing is asked for that somebody else asks for, that the target has, or whose checks fail', async () => {
  const { world, pipeline, manager } = bench;
  const byHand = await bench.request();
  expect((await look()).map(({ number }) => number)).toEqual([byHand.number]);
  nextRelease();
  expect((await look()).map(({ number }) => number)).toEqual([byHand.number]);
  await bench.clear();
  await world.db.promotion.updateMany({ data: { state: 'stale' } });
  pipeline.commit('staging', 'os/by-hand', { version: 'x' });
  const rests: AutomaticRests = new Map();
  expect(await look(rests)).toEqual([]);
  expect(said.join()).toContain('somebody else changed os/by-hand');
  // It is not planned again all the time.
  await look(rests);
  expect(said).toEqual([]);
  await set({ automaticRefs: [] });
  expect(await look()).toEqual([]);
  expect((await listPromotions(world.ctx, manager, { state: 'requested' })).items).toEqual([]);
});

test('several processes at once ask once', async () => {
  const { world } = bench;
  await world.db.ledgerRef.deleteMany({ where: { ref: 'os/by-hand' } });
  await adoptStageRefs(world.ctx, world.system, { stage: 'staging' });
  await Promise.all([look(), look(), look()]);
  expect(await look()).toHaveLength(1);
});

test('its account is nobody: not among people, nor among programs', async () => {
  const { world } = bench;
  const admin = await world.person('admin');
  const names = [
    ...(await listPeople(world.ctx, admin)).map(({ name }) => name),
    ...(await listServiceAccounts(world.ctx, admin)).map(({ name }) => name),
  ];
  expect(names).not.toContain('(automatic)');
});

test('globs that name nothing the edge takes are refused, by the field', async () => {
  await expect(set({ automaticRefs: ['os/**', 'app/**'] })).rejects.toMatchObject({
    code: 'input-invalid',
    fields: { automaticRefs: 'the edge takes no ref like app/**' },
  });
  await expect(set({ refGlobs: ['app/**'] })).rejects.toMatchObject({
    fields: { automaticRefs: 'the edge takes no ref like os/*/main' },
  });
});
