import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { findPromotion } from '../db/promotion';
import { judgeApprovals } from '../promotion/judge-approvals';
import { createPromotion } from './create-promotion';
import { getPromotion } from './get-promotion';
import { readPolicyMoment } from './policy-moment';
import { policySubject } from './promotion-dto';
import { retryPromotion } from './retry-promotion';
import type { TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';
import { updatePerson } from './update-person';

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

/** So many of all reviewers. */
const reviewers = (required: number) => ({ approvalRules: [{ group: null, required }] });

const kinds = async (number: number) =>
  (await world.db.auditEvent.findMany({ where: { promotionNumber: number }, orderBy: { seq: 'asc' } })).map(
    (event) => event.kind,
  );

test('one approval of another person queues the run, with its events, at once', async () => {
  const promotion = await bench.request();
  expect(promotion).toMatchObject({
    state: 'requested',
    stateText: '0 of 1 approval',
    title: '2 to staging',
  });
  const approved = await bench.decide(promotion, reviewer);
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
  const { planChecksum } = await bench.plan();
  const input = { edge: pipeline.edge.id, refs, planChecksum, reason: 'because' };
  const promotion = await createPromotion(world.ctx, asker, input);
  await expect(bench.decide(promotion, asker)).rejects.toMatchObject({ code: 'forbidden' });
  await updatePerson(world.ctx, world.system, { id: asker.id, role: 'reviewer' });
  const turned: PersonActor = { ...asker, role: 'reviewer' };
  for (const decision of ['approve', 'reject'] as const) {
    await expect(bench.decide(promotion, turned, decision)).rejects.toMatchObject({ code: 'own-request' });
  }
  expect((await getPromotion(world.ctx, turned, promotion.number)).offers.approve).toEqual({
    isAllowed: false,
    why: 'you asked for it: somebody else has to decide',
  });
});

test('roles other than reviewer never decide, and Treeline’s own processes never do', async () => {
  const promotion = await bench.request();
  for (const role of ['viewer', 'release-manager', 'auditor', 'admin'] as const) {
    const actor = await world.person(role, `other-${role}`);
    await expect(bench.decide(promotion, actor)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(bench.decide(promotion, world.system as never)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(bench.decide(promotion, { ...reviewer, mustChangePassword: true })).rejects.toMatchObject({
    code: 'password-change-required',
  });
  expect(await world.db.approval.count({ where: { promotion: { number: promotion.number } } })).toBe(0);
});

test('a decision on another plan, twice, or on nothing is refused', async () => {
  const promotion = await bench.request();
  const other = { ...promotion, planChecksum: 'e'.repeat(64) };
  await expect(bench.decide(other, reviewer)).rejects.toMatchObject({ code: 'plan-changed' });
  await expect(bench.decide({ ...promotion, number: 9999 }, reviewer)).rejects.toMatchObject({
    code: 'not-found',
  });
  await bench.decide(promotion, reviewer);
  await expect(bench.decide(promotion, reviewer)).rejects.toMatchObject({ code: 'state-changed' });
  await expect(bench.decide(promotion, second, 'reject')).rejects.toMatchObject({ code: 'state-changed' });
});

test('a rejection ends it, and nothing runs', async () => {
  const promotion = await bench.request();
  const rejected = await bench.decide(promotion, reviewer, 'reject');
  expect(rejected).toMatchObject({ state: 'rejected', runs: [] });
  expect(rejected.endedAt).not.toBeNull();
  await expect(bench.decide(promotion, second)).rejects.toMatchObject({ code: 'state-changed' });
});

test('two approvals take two people, and two who decide at once queue one run', async () => {
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, ...reviewers(2) });
  const promotion = await bench.request();
  const waiting = await bench.decide(promotion, reviewer);
  expect(waiting).toMatchObject({ state: 'requested', stateText: '1 of 2 approvals' });
  await expect(bench.decide(promotion, reviewer)).rejects.toMatchObject({ code: 'already-decided' });
  const third = await world.person('reviewer', 'third');
  const both = await Promise.allSettled([bench.decide(promotion, second), bench.decide(promotion, third)]);
  expect(both.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
  const after = await getPromotion(world.ctx, manager, promotion.number);
  expect(after.state).toBe('approved');
  expect(after.runs).toHaveLength(1);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, ...reviewers(1) });
});

test('no sequence of acts by fewer people than are asked for gets anything approved', async () => {
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, ...reviewers(2) });
  const promotion = await bench.request();
  const acts = [
    () => bench.decide(promotion, manager),
    () => bench.decide(promotion, reviewer),
    () => bench.decide({ ...promotion, planChecksum: 'a'.repeat(64) }, reviewer),
    () => retryPromotion(world.ctx, manager, promotion.number),
    () => bench.decide(promotion, { ...manager, role: 'reviewer' }),
  ];
  let state = 7;
  for (let i = 0; i < 40; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    await acts[state % acts.length]?.().catch(() => undefined);
  }
  const row = await findPromotion(world.db, promotion.number);
  if (!row) throw new Error('it is gone');
  expect(row.state).toBe('requested');
  const moment = await readPolicyMoment(world.db, world.clock.now());
  const subject = policySubject(row, moment);
  expect(judgeApprovals(subject, subject.moment).given).toBe(1);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, ...reviewers(1) });
});
