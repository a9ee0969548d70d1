import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { actorOfSession } from '../auth/session';
import { mayOn } from '../contracts/person';
import type { Role, StageRole } from '../contracts/scalars';
import { addGroup } from './add-group';
import { addPerson } from './add-person';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getBoard } from './get-board';
import { getMe } from './get-me';
import { getPromotion } from './get-promotion';
import { liftHold } from './lift-hold';
import { listApprovalQueue } from './list-approval-queue';
import { listGroups } from './list-groups';
import { listPeople } from './list-people';
import { reviewEmergency } from './review-emergency';
import { setHold } from './set-hold';
import { REF } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';
import { updateGroup } from './update-group';
import { updatePerson } from './update-person';

let bench: PromotionBench;
let world: World;
let edge: string;
beforeAll(async () => {
  bench = await makePromotionBench();
  world = bench.world;
  edge = bench.pipeline.edge.id;
});
afterAll(() => world.close());
beforeEach(async () => {
  await bench.clear();
  await updateEdge(world.ctx, world.system, { id: edge, approvalRules: [{ group: null, required: 1 }] });
});

/** Somebody who is `role` everywhere and `there` for staging, signed in. */
async function person(name: string, role: Role, there: StageRole | null): Promise<PersonActor> {
  const { id } = await world.person(role, name);
  const stageRoles = there === null ? [] : [{ stage: 'staging', role: there }];
  await updatePerson(world.ctx, world.system, { id, stageRoles });
  return world.person(role, name);
}
const setRole = ({ id }: PersonActor, there: StageRole | null) =>
  updatePerson(world.ctx, world.system, {
    id,
    stageRoles: there === null ? [] : [{ stage: 'staging', role: there }],
  });
const forbidden = (why: RegExp) => ({ code: 'forbidden', message: expect.stringMatching(why) });

test('somebody who is a reviewer for the stage alone approves what leads into it', async () => {
  const there = await person('there', 'viewer', 'reviewer');
  const promotion = await bench.request();
  expect(promotion.rules[0]?.mayStill).toContain('The there');
  expect((await listApprovalQueue(world.ctx, there)).waitingForMe).toHaveLength(1);
  expect((await getPromotion(world.ctx, there, promotion.number)).offers.approve.isAllowed).toBe(true);
  expect((await bench.decide(promotion, there)).state).toBe('approved');
});

test('a reviewer who is a viewer for the stage decides on nothing that leads into it, and is told why', async () => {
  const elsewhere = await person('elsewhere', 'reviewer', 'viewer');
  const promotion = await bench.request();
  expect(promotion.rules[0]?.mayStill).not.toContain('The elsewhere');
  expect((await listApprovalQueue(world.ctx, elsewhere)).waitingForMe).toEqual([]);
  const { offers } = await getPromotion(world.ctx, elsewhere, promotion.number);
  expect(offers.approve).toEqual({
    isAllowed: false,
    why: 'only reviewers decide; your role for staging is viewer',
  });
  for (const decision of ['approve', 'reject'] as const) {
    await expect(bench.decide(promotion, elsewhere, decision)).rejects.toMatchObject(
      forbidden(/your role for staging is viewer/),
    );
  }
  expect(await world.db.approval.count({ where: { reviewerId: elsewhere.id } })).toBe(0);
});

test('who may ask, hold and publish in an emergency is said by the role for the stage', async () => {
  const there = await person('asks-there', 'viewer', 'release-manager');
  const elsewhere = await person('asks-elsewhere', 'release-manager', 'viewer');
  const oncall = await addGroup(world.ctx, world.system, {
    name: 'oncall',
    members: [there.id, elsewhere.id],
  });
  await updateEdge(world.ctx, world.system, { id: edge, emergencyGroup: 'oncall' });
  const [group] = await listGroups(world.ctx, world.system);
  expect(group?.members.map(({ name, canBreakGlass }) => [name, canBreakGlass])).toEqual([
    ['asks-elsewhere', false],
    ['asks-there', true],
  ]);
  const canAsk = async (actor: PersonActor) => (await getBoard(world.ctx, actor)).edges[0];
  expect(await canAsk(there)).toMatchObject({ canRequest: true, emergency: { isForMe: true } });
  expect(await canAsk(elsewhere)).toMatchObject({ canRequest: false, emergency: { isForMe: false } });
  const hold = { stage: 'staging', ref: REF, scope: 'every' as const, reason: 'because' };
  for (const emergency of [false, true]) {
    await expect(createPlan(world.ctx, elsewhere, { edge, refs, emergency })).rejects.toMatchObject(
      forbidden(/^your role for staging \(viewer\) does not allow this \(promotion\.request\)$/),
    );
  }
  await expect(setHold(world.ctx, elsewhere, hold)).rejects.toMatchObject(forbidden(/hold\.set/));
  // Of another stage their own role counts: what is refused there is that nothing leads into it.
  await expect(setHold(world.ctx, elsewhere, { ...hold, stage: 'dev' })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  const { id } = await setHold(world.ctx, there, hold);
  await expect(liftHold(world.ctx, elsewhere, { id, reason: 'because' })).rejects.toMatchObject(
    forbidden(/hold\.lift/),
  );
  await liftHold(world.ctx, there, { id, reason: 'because' });

  const { plan, planChecksum } = await createPlan(world.ctx, there, { edge, refs, emergency: true });
  expect('emergency' in plan && plan.emergency?.people).toEqual([there.id]);
  const asked = await createPromotion(world.ctx, there, {
    edge,
    refs,
    emergency: true,
    planChecksum,
    reason: 'exploited in the wild',
  });
  expect(asked.state).toBe('approved');
  // With the role for the stage goes what it let through.
  await setRole(there, null);
  expect((await getPromotion(world.ctx, world.system, asked.number)).state).toBe('stale');
  await updateEdge(world.ctx, world.system, { id: edge, emergencyGroup: null });
  await updateGroup(world.ctx, world.system, { id: oncall.id, members: [] });
});

test('a group’s people count where they are reviewers for the stage, when it is planned and when it is judged', async () => {
  const inside = await person('inside', 'viewer', 'reviewer');
  const outside = await person('outside', 'reviewer', 'viewer');
  await addGroup(world.ctx, world.system, { name: 'security', members: [inside.id, outside.id] });
  await updateEdge(world.ctx, world.system, {
    id: edge,
    approvalRules: [{ group: 'security', required: 1 }],
  });
  const group = (await listGroups(world.ctx, world.system)).find(({ name }) => name === 'security');
  expect(group?.members.map(({ name, canApprove }) => [name, canApprove])).toEqual([
    ['inside', true],
    ['outside', false],
  ]);
  const promotion = await bench.request();
  expect(promotion.rules[0]?.mayStill).toEqual(['The inside']);
  await expect(bench.decide(promotion, outside)).rejects.toMatchObject({ code: 'forbidden' });
  // A role that comes later lets nobody in afterwards.
  await setRole(outside, 'reviewer');
  await expect(bench.decide(promotion, await world.person('reviewer', 'outside'))).rejects.toMatchObject(
    forbidden(/after it was asked for/),
  );
  expect((await bench.decide(promotion, inside)).state).toBe('approved');
});

test('whoever loses the role for the stage takes their approval along, is signed out, and it is recorded', async () => {
  const leaving = await person('leaving', 'viewer', 'reviewer');
  const promotion = await bench.request();
  expect((await bench.decide(promotion, leaving)).state).toBe('approved');
  // What changes for another stage voids nothing.
  await updatePerson(world.ctx, world.system, {
    id: leaving.id,
    stageRoles: [
      { stage: 'staging', role: 'reviewer' },
      { stage: 'dev', role: 'release-manager' },
    ],
  });
  expect((await getPromotion(world.ctx, world.system, promotion.number)).state).toBe('approved');
  const session = (await world.person('viewer', 'leaving')).sessionId ?? '';
  expect(await actorOfSession(world.ctx, session, world.clock.now())).toMatchObject({ role: 'viewer' });
  await setRole(leaving, null);
  const after = await getPromotion(world.ctx, world.system, promotion.number);
  expect(after).toMatchObject({ state: 'requested', stateText: '0 of 1 approval' });
  expect(after.approvals[0]?.voided?.why).toBe(
    'leaving has another role (for dev: release-manager → as everywhere, for staging: reviewer → as everywhere)',
  );
  expect(await actorOfSession(world.ctx, session, world.clock.now())).toBeNull();
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'person.updated' },
    orderBy: { seq: 'desc' },
  });
  expect(JSON.parse(event?.dataJson ?? '')).toEqual({
    name: 'leaving',
    changes: ['for dev: release-manager → as everywhere', 'for staging: reviewer → as everywhere'],
  });
  expect(
    await world.db.run.count({ where: { promotion: { number: promotion.number }, state: 'queued' } }),
  ).toBe(0);
});

test('who asked never approves, whatever they are for the stage afterwards', async () => {
  const asker = await person('asker', 'release-manager', null);
  const { planChecksum } = await createPlan(world.ctx, asker, { edge, refs });
  const promotion = await createPromotion(world.ctx, asker, { edge, refs, planChecksum, reason: 'because' });
  await setRole(asker, 'reviewer');
  const now = await world.person('release-manager', 'asker');
  await expect(bench.decide(promotion, now)).rejects.toMatchObject({ code: 'own-request' });
  await expect(
    reviewEmergency(world.ctx, now, { number: promotion.number, verdict: 'accepted', comment: 'seen' }),
  ).rejects.toMatchObject({ code: 'state-changed' });
});

test('roles for stages are of those who take part, for stages that there are, each once', async () => {
  const { id } = await world.person('viewer', 'changing');
  const change = (input: object) => updatePerson(world.ctx, world.system, { id, ...input });
  const role = (stage: string, there: string) => ({ stageRoles: [{ stage, role: there }] });
  await expect(change(role('nowhere', 'reviewer'))).rejects.toMatchObject({ code: 'not-found' });
  for (const input of [
    role('staging', 'admin'),
    role('staging', 'auditor'),
    { stageRoles: [...role('dev', 'viewer').stageRoles, ...role('dev', 'reviewer').stageRoles] },
    { role: 'admin', ...role('staging', 'reviewer') },
  ]) {
    await expect(change(input), JSON.stringify(input)).rejects.toMatchObject({ code: 'input-invalid' });
  }
  const { person: changed } = await change(role('staging', 'reviewer'));
  expect(changed.stageRoles).toEqual([{ stage: 'staging', role: 'reviewer' }]);
  // Becoming an admin has to say that the other role goes.
  await expect(change({ role: 'admin' })).rejects.toMatchObject({
    code: 'input-invalid',
    fields: { stageRoles: 'who is admin is so everywhere, and has no other role for a stage' },
  });
  await change({ role: 'auditor', stageRoles: [] });
  expect((await listPeople(world.ctx, world.system)).find((each) => each.id === id)).toMatchObject({
    role: 'auditor',
    stageRoles: [],
  });
  const admin = await world.person('admin');
  await expect(
    updatePerson(world.ctx, admin, { id: admin.id, ...role('staging', 'reviewer') } as never),
  ).rejects.toMatchObject({ code: 'forbidden' });
});

test('somebody may be added with roles for stages, and is told what they may do where', async () => {
  const input = { name: 'fresh', displayName: 'Fresh', role: 'viewer' as const };
  const { person: added } = await addPerson(world.ctx, world.system, {
    ...input,
    stageRoles: [{ stage: 'staging', role: 'release-manager' }],
  });
  expect(added.stageRoles).toEqual([{ stage: 'staging', role: 'release-manager' }]);
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'person.added' },
    orderBy: { seq: 'desc' },
  });
  expect(JSON.parse(event?.dataJson ?? '')).toEqual({
    name: 'fresh',
    role: 'viewer',
    stageRoles: [{ stage: 'staging', role: 'release-manager' }],
  });
  await world.db.person.update({ where: { name: 'fresh' }, data: { mustChangePassword: false } });
  const me = await getMe(world.ctx, await world.person('viewer', 'fresh'));
  expect(me.can).toContain('promotion.request');
  expect(me.can).not.toContain('audit.read');
  expect(mayOn(me, 'hold.set', 'staging')).toBe(true);
  expect(mayOn(me, 'hold.set', 'dev')).toBe(false);
  expect(mayOn(undefined, 'hold.set', 'staging')).toBe(false);
});
