import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import type { GroupDto } from '../contracts/policy';
import { noteOverdueReviews } from '../jobs/note-overdue-reviews';
import { addFreeze } from './add-freeze';
import { addGroup } from './add-group';
import { addServiceAccount } from './add-service-account';
import { addToken } from './add-token';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { decidePromotion } from './decide-promotion';
import { getBoard } from './get-board';
import { getPromotion } from './get-promotion';
import { listApprovalQueue } from './list-approval-queue';
import { listPromotions } from './list-promotions';
import { removeGroup } from './remove-group';
import { retryPromotion } from './retry-promotion';
import { reviewEmergency } from './review-emergency';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import { updateEdge } from './update-edge';
import { updateGroup } from './update-group';
import { updatePerson } from './update-person';

let bench: PromotionBench;
let oncall: GroupDto;
let colleague: PersonActor;
beforeAll(async () => {
  bench = await makePromotionBench();
  const { world, manager, pipeline } = bench;
  colleague = await world.person('release-manager', 'colleague');
  oncall = await addGroup(world.ctx, world.system, { name: 'oncall', members: [manager.id] });
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, emergencyGroup: 'oncall' });
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  const { world, manager } = bench;
  await updateGroup(world.ctx, world.system, { id: oncall.id, members: [manager.id] });
});

const inputOf = () => ({ edge: bench.pipeline.edge.id, refs, emergency: true });

async function ask(actor = bench.manager) {
  const { world } = bench;
  const { planChecksum } = await createPlan(world.ctx, actor, inputOf());
  return createPromotion(world.ctx, actor, { ...inputOf(), planChecksum, reason: 'exploited in the wild' });
}

/** As a worker leaves what it has published. */
async function published() {
  const { world } = bench;
  const promotion = await ask();
  await bench.end(promotion, 'published');
  const where = { promotion: { number: promotion.number } };
  await world.db.run.updateMany({ where, data: { committedAt: world.clock.now() } });
  return promotion.number;
}

const overdueOf = async (number: number) =>
  (
    await bench.world.db.auditEvent.findMany({
      where: { kind: 'emergency.review-overdue', promotionNumber: number },
      orderBy: { seq: 'asc' },
    })
  ).map(({ dataJson }) => JSON.parse(dataJson).reminder);
const remind = () => {
  const { db, clock } = bench.world;
  return noteOverdueReviews({ db, clock });
};

test('who may asks, and it is queued without an approval, past what others wait for, and loud', async () => {
  const { world, manager, reviewer } = bench;
  const times = { start: '2026-11-23T00:00', end: '2026-11-30T00:00', timeZone: 'UTC', rule: null };
  await addFreeze(world.ctx, world.system, { name: 'Week', reason: 'because', stage: 'staging', ...times });
  const { plan, facts } = await createPlan(world.ctx, manager, inputOf());
  const policy = { groupId: oncall.id, group: 'oncall', people: [manager.id], reviewHours: 24 };
  expect(plan).toMatchObject({ emergency: policy });
  expect(facts.checks.filter(({ code }) => ['emergency', 'freeze', 'approvers'].includes(code))).toEqual([
    expect.objectContaining({ code: 'emergency', detail: expect.stringContaining('staging is not frozen') }),
    expect.objectContaining({ code: 'approvers', title: 'There is somebody to review it afterwards' }),
  ]);
  const promotion = await ask();
  expect(promotion).toMatchObject({
    state: 'approved',
    stateText: 'queued',
    waits: [],
    freeze: null,
    emergency: { review: 'none', dueAt: null, hasObjection: false },
    runs: [{ state: 'queued' }],
    approvals: [],
  });
  expect(promotion.timeline.map(({ kind }) => kind)).toEqual([
    'promotion.requested',
    'promotion.emergency',
    'run.queued',
  ]);
  expect(promotion.timeline[1]?.text).toContain('EMERGENCY');
  await expect(
    decidePromotion(world.ctx, reviewer, {
      number: promotion.number,
      decision: 'reject',
      planChecksum: promotion.planChecksum,
      comment: 'no',
    }),
  ).rejects.toMatchObject({ code: 'state-changed' });
  const [row] = (await listPromotions(world.ctx, reviewer, {})).items;
  expect(row?.emergency).toMatchObject({ review: 'none' });
  const { edges } = await getBoard(world.ctx, manager);
  expect(edges[0]?.emergency).toEqual({ group: 'oncall', reviewHours: 24, isForMe: true });
  expect((await getBoard(world.ctx, colleague)).edges[0]?.emergency?.isForMe).toBe(false);
});

test('nobody else may: not in the group, not a release manager, no program, and on no edge that does not say so', async () => {
  const { world, manager, reviewer, pipeline } = bench;
  const { planChecksum } = await createPlan(world.ctx, manager, inputOf());
  const attempts = (actor: Parameters<typeof createPlan>[1]) => [
    () => createPlan(world.ctx, actor, inputOf()),
    () => createPromotion(world.ctx, actor, { ...inputOf(), planChecksum, reason: 'because' }),
  ];
  await updateGroup(world.ctx, world.system, { id: oncall.id, members: [manager.id, reviewer.id] });
  for (const actor of [colleague, reviewer, await world.person('admin'), world.system]) {
    for (const attempt of attempts(actor))
      await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
  }
  const account = await addServiceAccount(world.ctx, world.system, { name: 'ci', displayName: 'CI' });
  const made = await addToken(world.ctx, world.system, {
    account: account.id,
    name: 'nightly',
    scopes: ['promotions:request'],
    expiresInDays: 1,
    holder: 'release-manager',
  });
  const token = made.account.tokens[0];
  const program = {
    kind: 'service' as const,
    id: account.id,
    name: 'ci',
    displayName: 'CI',
    tokenId: token?.id ?? '',
    tokenName: 'nightly',
    scopes: ['promotions:request'] as const,
    stages: null,
    sponsorIds: [manager.id],
  };
  for (const attempt of attempts(program)) await expect(attempt()).rejects.toThrow(/never by a program/);
  const later = { ...inputOf(), notBefore: '2026-12-01T00:00:00.000Z' };
  await expect(createPlan(world.ctx, manager, later)).rejects.toMatchObject({
    fields: { notBefore: expect.any(String) },
  });
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, emergencyGroup: null });
  for (const attempt of attempts(manager)) await expect(attempt()).rejects.toThrow(/lets nobody publish/);
  await updateEdge(world.ctx, world.system, { id: pipeline.edge.id, emergencyGroup: 'oncall' });
  expect(await world.db.promotion.count({ where: { state: { not: 'withdrawn' } } })).toBe(0);
});

test('it is called back when who asked leaves the group or loses the role, and the group stays as long as an edge names it', async () => {
  const { world, manager } = bench;
  const first = await ask();
  await updateGroup(world.ctx, world.system, { id: oncall.id, members: [] });
  expect(await getPromotion(world.ctx, manager, first.number)).toMatchObject({
    state: 'stale',
    runs: [{ state: 'stale', error: { message: expect.stringContaining('left the group oncall') } }],
    offers: { retry: { isAllowed: false, why: expect.stringContaining('ask for another one') } },
  });
  await expect(retryPromotion(world.ctx, manager, first.number)).rejects.toMatchObject({
    code: 'state-changed',
  });
  await updateGroup(world.ctx, world.system, { id: oncall.id, members: [manager.id, colleague.id] });
  const second = await ask(colleague);
  await updatePerson(world.ctx, world.system, { id: colleague.id, role: 'viewer' });
  expect(await getPromotion(world.ctx, manager, second.number)).toMatchObject({ state: 'stale' });
  await updatePerson(world.ctx, world.system, { id: colleague.id, role: 'release-manager' });
  await expect(removeGroup(world.ctx, world.system, oncall.id)).rejects.toMatchObject({ code: 'conflict' });
});

test('one that failed is retried by people of the group alone', async () => {
  const { world, manager } = bench;
  const { number, ...promotion } = await ask();
  await bench.end({ ...promotion, number }, 'failed');
  await expect(retryPromotion(world.ctx, colleague, number)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await retryPromotion(world.ctx, manager, number)).toMatchObject({ state: 'approved' });
});

test('reviewers are reminded until it is reviewed, once when it is overdue and each day after', async () => {
  const { world, manager, reviewer, second } = bench;
  const number = await published();
  const seen = await getPromotion(world.ctx, reviewer, number);
  expect(seen.emergency).toMatchObject({ review: 'due', dueAt: '2026-11-24T12:00:00.000Z' });
  expect(seen.offers.review.isAllowed).toBe(true);
  expect(seen.reviewRules).toEqual([expect.objectContaining({ isSatisfied: false, mayStillCount: 2 })]);
  expect((await listApprovalQueue(world.ctx, reviewer)).reviews).toMatchObject([{ number, isForMe: true }]);
  expect((await listApprovalQueue(world.ctx, manager)).reviews).toMatchObject([{ number, isForMe: false }]);
  await remind();
  expect(await overdueOf(number)).toEqual([]);
  world.clock.advance(24 * 3600 + 1);
  for (const _ of [1, 2]) await remind();
  expect(await overdueOf(number)).toEqual([1]);
  world.clock.advance(24 * 3600);
  for (const _ of [1, 2]) await remind();
  expect(await overdueOf(number)).toEqual([1, 2]);
  const say = { number, verdict: 'objected' as const, comment: 'it broke the lab' };
  await expect(reviewEmergency(world.ctx, manager, say)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(reviewEmergency(world.ctx, reviewer, { ...say, comment: '' })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  const reviewed = await reviewEmergency(world.ctx, reviewer, say);
  expect(reviewed).toMatchObject({
    emergency: { review: 'reviewed', hasObjection: true },
    reviews: [{ reviewer: reviewer.displayName, verdict: 'objected', comment: 'it broke the lab' }],
  });
  expect(reviewed.timeline.at(-1)?.text).toContain('objected to the emergency');
  for (const actor of [reviewer, second]) {
    await expect(reviewEmergency(world.ctx, actor, say)).rejects.toThrow(/reviewed/);
  }
  expect((await listApprovalQueue(world.ctx, second)).reviews).toEqual([]);
  world.clock.advance(48 * 3600);
  await remind();
  expect(await overdueOf(number)).toEqual([1, 2]);
});

test('each rule has to be satisfied, and what published nothing is reviewed by nobody', async () => {
  const { world, reviewer, second, pipeline, manager } = bench;
  await updateEdge(world.ctx, world.system, {
    id: pipeline.edge.id,
    approvalRules: [{ group: null, required: 2 }],
    emergencyReviewHours: 1,
  });
  const number = await published();
  const say = { number, verdict: 'accepted' as const, comment: 'booted it' };
  expect((await reviewEmergency(world.ctx, reviewer, say)).emergency?.review).toBe('due');
  expect((await reviewEmergency(world.ctx, second, say)).emergency?.review).toBe('reviewed');
  const failed = await ask();
  await bench.end(failed, 'failed');
  await expect(reviewEmergency(world.ctx, reviewer, { ...say, number: failed.number })).rejects.toMatchObject(
    {
      code: 'state-changed',
    },
  );
  const ordinary = await createPlan(world.ctx, manager, { edge: pipeline.edge.id, refs });
  const { number: other } = await createPromotion(world.ctx, manager, {
    edge: pipeline.edge.id,
    refs,
    planChecksum: ordinary.planChecksum,
    reason: 'as usual',
  });
  await expect(reviewEmergency(world.ctx, reviewer, { ...say, number: other })).rejects.toThrow(
    /no emergency/,
  );
  for (const write of ['update', 'delete'] as const) {
    const where = { promotion: { number } };
    const change =
      write === 'update'
        ? world.db.emergencyReview.updateMany({ where, data: { verdict: 'objected' } })
        : world.db.emergencyReview.deleteMany({ where });
    await expect(change).rejects.toThrow();
  }
});
