import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import type { GroupDto } from '../contracts/policy';
import type { PromotionDto } from '../contracts/promotion';
import { addGroup } from './add-group';
import { getPromotion } from './get-promotion';
import { listApprovalQueue } from './list-approval-queue';
import { listAudit } from './list-audit';
import { listGroups } from './list-groups';
import { previewEdgeChange } from './preview-edge-change';
import { previewGroupChange } from './preview-group-change';
import { removeGroup } from './remove-group';
import { retryPromotion } from './retry-promotion';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';
import { updateGroup } from './update-group';
import { updatePerson } from './update-person';

let bench: PromotionBench;
let world: World;
let manager: PersonActor;
/** In the group release, in security, and in both. */
let releaser: PersonActor;
let guard: PersonActor;
let both: PersonActor;
let outsider: PersonActor;
let release: GroupDto;
let security: GroupDto;

beforeAll(async () => {
  bench = await makePromotionBench();
  ({ world, manager, reviewer: outsider } = bench);
  releaser = await world.person('reviewer', 'releaser');
  guard = await world.person('reviewer', 'guard');
  both = await world.person('reviewer', 'both');
  release = await addGroup(world.ctx, world.system, { name: 'release', members: [releaser.id, both.id] });
  security = await addGroup(world.ctx, world.system, { name: 'security', members: [guard.id, both.id] });
  await updateEdge(world.ctx, world.system, { id: bench.pipeline.edge.id, ...oneOfEach });
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

const oneOfEach = {
  approvalRules: [
    { group: 'release', required: 1 },
    { group: 'security', required: 1 },
  ],
};
/** A minute after whatever was before: the order of decisions is that of time. */
const decide: PromotionBench['decide'] = (...of) => {
  world.clock.advance(60);
  return bench.decide(...of);
};
const members = (group: GroupDto, ...people: PersonActor[]) =>
  updateGroup(world.ctx, world.system, { id: group.id, members: people.map(({ id }) => id) });
const look = (promotion: PromotionDto, actor = manager) => getPromotion(world.ctx, actor, promotion.number);

test('one from release and one from security are two people, whichever groups they are in', async () => {
  const promotion = await bench.request();
  expect(promotion.stateText).toBe('0 of 2 approvals');
  expect(promotion.rules).toEqual([
    {
      group: 'release',
      required: 1,
      isSatisfied: false,
      by: [],
      mayStill: ['The both', 'The releaser'],
      mayStillCount: 2,
    },
    expect.objectContaining({ group: 'security', mayStill: ['The both', 'The guard'] }),
  ]);
  await expect(decide(promotion, outsider)).rejects.toMatchObject({ code: 'forbidden' });
  const first = await decide(promotion, both);
  expect(first).toMatchObject({ state: 'requested', stateText: '1 of 2 approvals' });
  await expect(decide(promotion, both)).rejects.toMatchObject({ code: 'already-decided' });
  const second = await decide(promotion, releaser);
  expect(second.state).toBe('approved');
  expect(second.rules.map(({ group, by }) => [group, by])).toEqual([
    ['release', ['The releaser']],
    ['security', ['The both']],
  ]);
});

test('where the policy shares approvals, somebody of both groups is enough', async () => {
  const { id } = bench.pipeline.edge;
  await updateEdge(world.ctx, world.system, { id, isApprovalShared: true });
  expect((await decide(await bench.request(), both)).state).toBe('approved');
  await updateEdge(world.ctx, world.system, { id, isApprovalShared: false });
});

test('the queue says what waits for whom, by rule', async () => {
  const promotion = await bench.request();
  await decide(promotion, releaser);
  const mine = await listApprovalQueue(world.ctx, guard);
  expect(mine.waitingForMe.map(({ number, open }) => [number, open])).toEqual([
    [promotion.number, [{ group: 'security', missing: 1, isForMe: true }]],
  ]);
  for (const actor of [outsider, releaser, manager]) {
    const { waitingForMe, others } = await listApprovalQueue(world.ctx, actor);
    expect(waitingForMe).toEqual([]);
    expect(others.map(({ open }) => open)).toEqual([[{ group: 'security', missing: 1, isForMe: false }]]);
  }
});

test('any reviewer may say no', async () => {
  const promotion = await bench.request();
  expect((await look(promotion, outsider)).offers).toMatchObject({
    approve: { isAllowed: false, why: expect.stringContaining('release and security') },
    reject: { isAllowed: true },
  });
  expect((await decide(promotion, outsider, 'reject')).state).toBe('rejected');
});

test('who comes into a group later approves what is asked for later', async () => {
  const promotion = await bench.request();
  await members(security, guard, both, outsider);
  await expect(decide(promotion, outsider)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('after it was asked for'),
  });
  await decide(promotion, releaser);
  const later = await bench.clear().then(() => bench.request('once more'));
  expect(later.planChecksum).not.toBe(promotion.planChecksum);
  await decide(later, releaser);
  expect((await decide(later, outsider)).state).toBe('approved');
  await members(security, guard, both);
});

test('who leaves a group takes their approval along: shown before, recorded, and the run is called back', async () => {
  const promotion = await bench.request();
  await decide(promotion, releaser);
  expect((await decide(promotion, guard)).state).toBe('approved');
  const change = { id: security.id, members: [both.id] };
  expect(await previewGroupChange(world.ctx, world.system, change)).toEqual({
    changes: ['− guard'],
    promotions: [
      {
        number: promotion.number,
        title: promotion.title,
        becomes: 'requested',
        voided: [{ reviewer: 'The guard', at: expect.any(String) }],
      },
    ],
  });
  expect((await look(promotion)).state).toBe('approved');

  await updateGroup(world.ctx, world.system, change);
  const after = await look(promotion);
  expect(after).toMatchObject({ state: 'requested', stateText: '1 of 2 approvals' });
  expect(after.runs.map((run) => run.state)).toEqual(['stale']);
  expect(after.approvals.map(({ reviewer, voided }) => [reviewer, voided?.why ?? null])).toEqual([
    ['The releaser', null],
    ['The guard', 'guard left the group security'],
  ]);
  expect(after.timeline.at(-1)?.text).toBe(
    `voided 1 approval of #${promotion.number} (guard): guard left the group security`,
  );
  await expect(decide(promotion, guard)).rejects.toMatchObject({ code: 'forbidden' });
  // Back in the group they may decide again; what was void stays void.
  await members(security, guard, both);
  expect((await look(promotion)).state).toBe('requested');
  const again = await decide(promotion, guard);
  expect(again.state).toBe('approved');
  expect(again.approvals.map(({ isVoid }) => isVoid)).toEqual([false, true, false]);
});

test('who may no longer sign in, or is a reviewer no more, approves nothing any more', async () => {
  for (const change of [{ isDisabled: true }, { role: 'viewer' as const }]) {
    await bench.clear();
    const promotion = await bench.request();
    await decide(promotion, guard);
    await updatePerson(world.ctx, world.system, { id: guard.id, ...change });
    const after = await look(promotion);
    expect(after.stateText).toBe('0 of 2 approvals');
    expect(after.approvals).toEqual([expect.objectContaining({ isVoid: true })]);
    expect(after.rules[1]?.mayStill).toEqual(['The both']);
    await updatePerson(world.ctx, world.system, { id: guard.id, isDisabled: false, role: 'reviewer' });
    expect((await look(promotion)).stateText).toBe('0 of 2 approvals');
  }
});

test('a change of rules shows first what it voids, and then voids it, for ever', async () => {
  const { id } = bench.pipeline.edge;
  const promotion = await bench.request();
  await decide(promotion, releaser);
  const change = { id, approvalRules: [{ group: 'release', required: 1 }] };
  expect(await previewEdgeChange(world.ctx, world.system, change)).toMatchObject({
    changes: ['approvals: 1 of release and 1 of security → 1 of release'],
    promotions: [{ number: promotion.number, becomes: 'stale', voided: [{ reviewer: 'The releaser' }] }],
  });
  expect(await previewEdgeChange(world.ctx, world.system, { id, ...oneOfEach })).toEqual({
    changes: [],
    promotions: [],
  });
  await updateEdge(world.ctx, world.system, change);
  const stale = await look(promotion);
  expect(stale.state).toBe('stale');
  expect(stale.approvals[0]?.voided).toMatchObject({ why: 'the policy of the edge was changed' });
  // Under the new rules this very approval would have been enough.
  const retried = await retryPromotion(world.ctx, manager, promotion.number);
  expect(retried).toMatchObject({ state: 'requested', stateText: '0 of 1 approval' });
  await updateEdge(world.ctx, world.system, { id, ...oneOfEach });
});

test('approvals expire, and are then asked for anew, from the same people too', async () => {
  const promotion = await bench.request();
  await decide(promotion, releaser);
  world.clock.advance(72 * 3600);
  expect((await look(promotion)).stateText).toBe('1 of 2 approvals');
  world.clock.advance(1);
  const after = await look(promotion);
  expect(after.stateText).toBe('0 of 2 approvals');
  expect(after.approvals[0]?.voided).toMatchObject({ why: 'it expired after 72 hours' });
  await decide(promotion, guard);
  expect((await decide(promotion, releaser)).state).toBe('approved');

  // What failed is run again only while its approvals hold.
  await bench.end(promotion, 'failed');
  world.clock.advance(73 * 3600);
  const retried = await retryPromotion(world.ctx, manager, promotion.number);
  expect(retried).toMatchObject({ state: 'requested', planChecksum: promotion.planChecksum });
});

test('who plans it anew approves it no more than who asked', async () => {
  const promotion = await bench.request();
  const { id } = bench.pipeline.edge;
  const colleague = await world.person('release-manager', 'colleague');
  await updateEdge(world.ctx, world.system, { id, verifyObjects: false });
  await updateEdge(world.ctx, world.system, { id, verifyObjects: true });
  const anew = await retryPromotion(world.ctx, colleague, promotion.number);
  expect(anew.state).toBe('requested');
  const turned: PersonActor = { ...colleague, role: 'reviewer' };
  await expect(decide(anew, turned)).rejects.toMatchObject({
    code: 'own-request',
    message: expect.stringContaining('planned it anew'),
  });
});

test('a plan that nobody could approve is not asked for', async () => {
  await members(security);
  const plan = await bench.plan();
  expect(plan.isBlocked).toBe(true);
  expect(plan.facts.checks).toContainEqual(expect.objectContaining({ code: 'approvers', result: 'fail' }));
  await members(security, guard, both);
  expect((await bench.plan()).isBlocked).toBe(false);
});

test('groups are made once, of people that there are, and removed where no edge asks for them', async () => {
  const { ctx, system } = world;
  await expect(addGroup(ctx, system, { name: 'release' })).rejects.toMatchObject({ code: 'name-taken' });
  await expect(addGroup(ctx, system, { name: 'x', members: ['none'] })).rejects.toMatchObject({
    code: 'not-found',
  });
  for (const name of ['', 'Groß', 'a b', 'x'.repeat(40)]) {
    await expect(addGroup(ctx, system, { name })).rejects.toMatchObject({ code: 'input-invalid' });
  }
  await expect(members({ ...release, id: 'none' })).rejects.toMatchObject({ code: 'not-found' });
  await expect(removeGroup(ctx, system, release.id)).rejects.toMatchObject({ code: 'conflict' });
  const spare = await addGroup(ctx, system, { name: 'spare', members: [guard.id] });
  await removeGroup(ctx, system, spare.id);
  expect((await listGroups(ctx, system)).map(({ name }) => name)).toEqual(['release', 'security']);
  for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor'] as const) {
    const actor = await world.person(role, `some-${role}`);
    const attempts = [
      () => addGroup(ctx, actor, { name: 'mine' }),
      () => updateGroup(ctx, actor, { id: release.id, members: [] }),
      () => previewGroupChange(ctx, actor, { id: release.id, members: [] }),
      () => removeGroup(ctx, actor, release.id),
      () => previewEdgeChange(ctx, actor, { id: bench.pipeline.edge.id }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  }
  const { items } = await listAudit(ctx, system, {});
  expect(items.slice(0, 2).map(({ text }) => text)).toEqual([
    'removed the group spare',
    'added the group spare (guard)',
  ]);
});
