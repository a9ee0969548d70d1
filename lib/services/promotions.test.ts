import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import type { PromotionDto } from '../contracts/promotion';
import { countApprovals } from '../promotion/policy';
import { addPerson } from './add-person';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { decidePromotion } from './decide-promotion';
import { getPromotion } from './get-promotion';
import { listApprovalQueue } from './list-approval-queue';
import { listPromotions } from './list-promotions';
import { policySubject } from './promotion-dto';
import { retryPromotion } from './retry-promotion';
import { makeTestPipeline, REF, type TestPipeline } from './testing/pipeline';
import { makeWorld, type World } from './testing/world';
import { updateEdge } from './update-edge';
import { updatePerson } from './update-person';
import { withdrawPromotion } from './withdraw-promotion';

let world: World;
let pipeline: TestPipeline;
let manager: PersonActor;
let reviewer: PersonActor;
let second: PersonActor;
beforeAll(async () => {
  world = await makeWorld();
  pipeline = await makeTestPipeline(world);
  manager = await world.person('release-manager');
  reviewer = await world.person('reviewer');
  second = await world.person('reviewer', 'second');
});
afterAll(() => world.close());

/** Every test begins with nothing open: what is, is withdrawn or taken for failed, as a worker would. */
beforeEach(async () => {
  await world.db.run.updateMany({
    where: { state: { in: ['queued', 'running'] } },
    data: { state: 'failed' },
  });
  await world.db.promotion.updateMany({ data: { state: 'withdrawn' } });
});

const refs = [{ ref: REF }];
const plan = () => createPlan(world.ctx, manager, { edge: pipeline.edge.id, refs });
async function request(reason = 'because of reasons'): Promise<PromotionDto> {
  const { planChecksum } = await plan();
  return createPromotion(world.ctx, manager, { edge: pipeline.edge.id, refs, planChecksum, reason });
}
function decide(promotion: PromotionDto, actor: PersonActor, decision: 'approve' | 'reject' = 'approve') {
  const { number, planChecksum } = promotion;
  return decidePromotion(world.ctx, actor, { number, decision, planChecksum, comment: 'seen' });
}
/** What a worker would leave. */
async function end(promotion: PromotionDto, state: 'failed' | 'stale' | 'published') {
  const row = await world.db.promotion.findUniqueOrThrow({ where: { number: promotion.number } });
  const run = { state: state === 'published' ? 'done' : state, endedAt: world.clock.now(), activeKey: null };
  await world.db.run.updateMany({ where: { promotionId: row.id }, data: run });
  await world.db.promotion.update({ where: { id: row.id }, data: { state, endedAt: world.clock.now() } });
}
const kinds = async (number: number) =>
  (await world.db.auditEvent.findMany({ where: { promotionNumber: number }, orderBy: { seq: 'asc' } })).map(
    (event) => event.kind,
  );

test('the same request gives the same plan, and stores nothing', async () => {
  const [one, two] = [await plan(), await plan()];
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
  const { planChecksum } = await plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: '  ' };
  await expect(createPromotion(world.ctx, manager, input)).rejects.toMatchObject({ code: 'input-invalid' });
  const first = await request();
  await expect(request()).rejects.toMatchObject({ code: 'conflict', details: { promotion: first.number } });
});

test('a request that is sent again with its key makes one promotion', async () => {
  const { planChecksum } = await plan();
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

test('one approval of another person queues the run, with its events, at once', async () => {
  const promotion = await request();
  expect(promotion).toMatchObject({
    state: 'requested',
    stateText: '0 of 1 approval',
    title: '2 to staging',
  });
  const approved = await decide(promotion, reviewer);
  expect(approved).toMatchObject({ state: 'approved', stateText: 'queued' });
  expect(approved.runs).toEqual([expect.objectContaining({ attempt: 1, state: 'queued' })]);
  expect(approved.runs[0]?.steps.map((step) => step.name)).toEqual([
    'preflight',
    'pull',
    'verify',
    'sign-commits',
    'update-refs',
    'summary',
    'publish',
    'probe',
  ]);
  expect(await kinds(promotion.number)).toEqual(['promotion.requested', 'promotion.approved', 'run.queued']);
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'promotion.approved' },
    orderBy: { seq: 'desc' },
  });
  expect(JSON.parse(event?.dataJson ?? '')).toMatchObject({
    planChecksum: promotion.planChecksum,
    comment: 'seen',
    session: reviewer.sessionId,
  });
});

test('who asked can’t decide, whatever role they are given meanwhile', async () => {
  const asker = await world.person('release-manager', 'turncoat');
  const { planChecksum } = await plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'because' };
  const promotion = await createPromotion(world.ctx, asker, input);
  await expect(decide(promotion, asker)).rejects.toMatchObject({ code: 'forbidden' });
  await updatePerson(world.ctx, world.system, { id: asker.id, role: 'reviewer' });
  const turned: PersonActor = { ...asker, role: 'reviewer' };
  for (const decision of ['approve', 'reject'] as const) {
    await expect(decide(promotion, turned, decision)).rejects.toMatchObject({ code: 'own-request' });
  }
  expect((await getPromotion(world.ctx, turned, promotion.number)).offers.approve).toEqual({
    isAllowed: false,
    why: 'you asked for it: somebody else has to decide',
  });
});

test('roles other than reviewer never decide, and Treeline’s own processes never do', async () => {
  const promotion = await request();
  for (const role of ['viewer', 'release-manager', 'auditor', 'admin'] as const) {
    const actor = await world.person(role, `other-${role}`);
    await expect(decide(promotion, actor)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(decide(promotion, world.system as never)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(decide(promotion, { ...reviewer, mustChangePassword: true })).rejects.toMatchObject({
    code: 'password-change-required',
  });
  expect(await world.db.approval.count({ where: { promotion: { number: promotion.number } } })).toBe(0);
});

test('a decision on another plan, twice, or on nothing is refused', async () => {
  const promotion = await request();
  const other = { ...promotion, planChecksum: 'e'.repeat(64) };
  await expect(decide(other, reviewer)).rejects.toMatchObject({ code: 'plan-changed' });
  await expect(decide({ ...promotion, number: 9999 }, reviewer)).rejects.toMatchObject({ code: 'not-found' });
  await decide(promotion, reviewer);
  await expect(decide(promotion, reviewer)).rejects.toMatchObject({ code: 'state-changed' });
  await expect(decide(promotion, second, 'reject')).rejects.toMatchObject({ code: 'state-changed' });
});

test('a rejection ends it, and nothing runs', async () => {
  const promotion = await request();
  const rejected = await decide(promotion, reviewer, 'reject');
  expect(rejected).toMatchObject({ state: 'rejected', runs: [] });
  expect(rejected.endedAt).not.toBeNull();
  await expect(decide(promotion, second)).rejects.toMatchObject({ code: 'state-changed' });
});

test('two approvals take two people, and two who decide at once queue one run', async () => {
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, approvalsRequired: 2 });
  const promotion = await request();
  const waiting = await decide(promotion, reviewer);
  expect(waiting).toMatchObject({ state: 'requested', stateText: '1 of 2 approvals' });
  await expect(decide(promotion, reviewer)).rejects.toMatchObject({ code: 'already-decided' });
  const third = await world.person('reviewer', 'third');
  const both = await Promise.allSettled([decide(promotion, second), decide(promotion, third)]);
  expect(both.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
  const after = await getPromotion(world.ctx, manager, promotion.number);
  expect(after.state).toBe('approved');
  expect(after.runs).toHaveLength(1);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, approvalsRequired: 1 });
});

test('a change of policy makes what has not begun stale, and an approval given before void', async () => {
  const promotion = await request();
  await decide(promotion, reviewer);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: false });
  const stale = await getPromotion(world.ctx, manager, promotion.number);
  expect(stale).toMatchObject({ state: 'stale', stateText: 'stale: the policy of the edge was changed' });
  expect(stale.runs).toEqual([expect.objectContaining({ state: 'stale' })]);
  const again = await retryPromotion(world.ctx, manager, promotion.number);
  expect(again.state).toBe('requested');
  expect(again.planChecksum).not.toBe(promotion.planChecksum);
  expect(again.approvals).toEqual([expect.objectContaining({ isVoid: true })]);
  expect(again.stateText).toBe('0 of 1 approval');
  await expect(decide(promotion, second)).rejects.toMatchObject({ code: 'plan-changed' });
  expect(await decide(again, reviewer)).toMatchObject({ state: 'approved' });
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, verifyObjects: true });
});

test('who asked withdraws, before it begins, and nobody else', async () => {
  const promotion = await request();
  const { number } = promotion;
  for (const actor of [
    reviewer,
    await world.person('admin'),
    await world.person('release-manager', 'colleague'),
  ]) {
    await expect(withdrawPromotion(world.ctx, actor, number)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await decide(promotion, reviewer);
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
  const promotion = await request();
  await decide(promotion, reviewer);
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
  const promotion = await request();
  await decide(promotion, reviewer);
  await expect(retryPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  await end(promotion, 'failed');
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
  const promotion = await request();
  await decide(promotion, reviewer);
  await end(promotion, 'stale');
  const retried = await retryPromotion(world.ctx, manager, promotion.number);
  expect(retried).toMatchObject({ state: 'approved', planChecksum: promotion.planChecksum });
  expect(retried.approvals).toEqual([expect.objectContaining({ isVoid: false })]);
});

test('published and rejected are not tried again', async () => {
  const promotion = await request();
  await decide(promotion, reviewer);
  await end(promotion, 'published');
  await expect(retryPromotion(world.ctx, manager, promotion.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
});

test('only release managers ask', async () => {
  const { planChecksum } = await plan();
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
  const promotion = await request();
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
  const promotion = await request();
  const older = pipeline.head('dev', REF);
  const newer = pipeline.commit('dev', REF, { files: { 'etc/version': '3\n' }, version: '3' });
  const seen = await getPromotion(world.ctx, reviewer, promotion.number);
  expect(seen.movedSourceRefs).toEqual([{ ref: REF, now: newer }]);
  expect(seen.newerNumber).toBeNull();
  const { planChecksum, facts } = await plan();
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

test('no sequence of acts by fewer people than are asked for gets anything approved', async () => {
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, approvalsRequired: 2 });
  const promotion = await request();
  const acts = [
    () => decide(promotion, manager),
    () => decide(promotion, reviewer),
    () => decide({ ...promotion, planChecksum: 'a'.repeat(64) }, reviewer),
    () => retryPromotion(world.ctx, manager, promotion.number),
    () => decide(promotion, { ...manager, role: 'reviewer' }),
  ];
  let state = 7;
  for (let i = 0; i < 40; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    await acts[state % acts.length]?.().catch(() => undefined);
  }
  const row = await world.db.promotion.findUniqueOrThrow({
    where: { number: promotion.number },
    include: {
      edge: { include: { from: true, to: true } },
      requester: true,
      refs: true,
      approvals: { include: { reviewer: true } },
      runs: { include: { steps: true } },
    },
  });
  expect(row.state).toBe('requested');
  expect(countApprovals(policySubject(row))).toBe(1);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, approvalsRequired: 1 });
});

test('a target that somebody else changed can’t be promoted into until it is adopted', async () => {
  await addPerson(world.ctx, world.system, { name: 'unused', displayName: 'Unused', role: 'viewer' });
  pipeline.commit('staging', 'os/by-hand', { version: 'x' });
  const blocked = await plan();
  expect(blocked.isBlocked).toBe(true);
  expect(blocked.facts.checks).toContainEqual(
    expect.objectContaining({
      code: 'target-unchanged',
      result: 'fail',
      detail: expect.stringContaining('os/by-hand'),
    }),
  );
  await expect(request()).rejects.toMatchObject({ code: 'plan-blocked' });
});
