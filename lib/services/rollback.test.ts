import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonActor, ServiceActor } from '../auth/actor';
import type { PlanInput, PlanKind, PlanResultDto } from '../contracts/promotion';
import { findWaits } from '../jobs/waits/find-waits';
import { addFreeze } from './add-freeze';
import { adoptStageRefs } from './adopt-stage-refs';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getBoard } from './get-board';
import { getPromotion } from './get-promotion';
import { listAudit } from './list-audit';
import { listFormerCommits } from './list-former-commits';
import { retryPromotion } from './retry-promotion';
import { setHold } from './set-hold';
import { ostree, REF, type TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import type { World } from './testing/world';
import { updateEdge } from './update-edge';

type RollbackKind = Exclude<PlanKind, 'promote'>;

let bench: PromotionBench;
let manager: PersonActor;
let pipeline: TestPipeline;
let world: World;
/** What staging has been at, oldest first. */
let first: string;
let second: string;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, world } = bench);
  first = pipeline.head('staging', REF) ?? '';
  second = pipeline.head('dev', REF) ?? '';
  await publishSecond();
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await world.db.promotion.updateMany({ where: { number: 1 }, data: { state: 'published' } });
});

/** A promotion that is published, as far as repository and rows go. */
async function publishSecond(): Promise<void> {
  const asked = await bench.request();
  await bench.decide(asked, bench.reviewer);
  ostree('pull-local', `--repo=${pipeline.repo('staging')}`, pipeline.repo('dev'), REF);
  await adoptStageRefs(world.ctx, world.system, { stage: 'staging' });
  await bench.end(asked, 'published');
}

const wanted = (kind: RollbackKind, checksum: string | undefined = first, ref = REF): PlanInput => ({
  kind,
  edge: pipeline.edge.id,
  refs: [{ ref, checksum }],
});
const plan = (kind: RollbackKind, checksum?: string, ref?: string) =>
  createPlan(world.ctx, manager, wanted(kind, checksum, ref));
async function request(kind: RollbackKind) {
  const { planChecksum } = await plan(kind);
  const reason = 'the disk fills up';
  return createPromotion(world.ctx, manager, { ...wanted(kind), planChecksum, reason });
}
const said = ({ facts }: Pick<PlanResultDto, 'facts'>, code: string) =>
  facts.checks.find((check) => check.code === code);

describe('the plan of a rollback', () => {
  test('forward names the commit that it will make, later than the head', async () => {
    const { plan: made, facts, isBlocked } = await plan('roll-forward');
    expect(made).toMatchObject({ kind: 'roll-forward', mode: 'recommit', verifyObjects: true });
    const [ref] = made.refs;
    expect(ref).toMatchObject({ sourceRef: REF, sourceChecksum: first, expectedChecksum: second });
    expect(ref?.timestamp).toBe(Date.parse('2026-02-01T00:00:01Z') / 1000);
    expect([first, second]).not.toContain(ref?.resultingChecksum);
    expect(facts.refs[0]).toMatchObject({ fromVersion: '2', toVersion: '1', newObjects: 1 });
    expect(Number(facts.refs[0]?.newBytes)).toBeGreaterThan(0);
    expect(said({ facts }, 'timestamp')?.result).toBe('pass');
    expect(isBlocked).toBe(false);
    expect(await plan('roll-forward')).toMatchObject({
      planChecksum: (await plan('roll-forward')).planChecksum,
    });
  });

  test('by reset says that clients refuse it', async () => {
    const { plan: made, facts, isBlocked } = await plan('reset');
    expect(made).toMatchObject({ kind: 'reset', mode: 'identity', refs: [{ resultingChecksum: first }] });
    expect(said({ facts }, 'timestamp')).toMatchObject({
      result: 'warn',
      detail: expect.stringMatching(/31 days older than the head.*--allow-downgrade/),
    });
    expect(isBlocked).toBe(false);
    for (const code of ['source-signature', 'links', 'repo-modes', 'history', 'older-choice']) {
      expect(said({ facts }, code), code).toBeUndefined();
    }
  });

  test('has what its edge asks of approvals, and nothing that it asks of a way between stages', async () => {
    const set = (change: Parameters<typeof updateEdge>[2]) => updateEdge(world.ctx, world.system, change);
    const { id } = pipeline.edge;
    await set({
      id,
      soakHours: 24,
      versionCheck: 'required',
      fastForwardCheck: 'required',
      sourceFsckCheck: 'required',
      requireSourceHead: true,
      externalChecks: [{ name: 'lab/boot', level: 'required' }],
      approvalRules: [{ group: null, required: 2 }],
    });
    const asked = await request('reset');
    expect(asked).toMatchObject({ approvalsRequired: 2, waits: [], plan: { requireSourceHead: false } });
    for (const code of ['soak', 'version', 'history', 'source-fsck', 'external:lab/boot']) {
      expect(said(asked, code), code).toBeUndefined();
    }
    await set({
      id,
      soakHours: 0,
      versionCheck: 'off',
      fastForwardCheck: 'advisory',
      sourceFsckCheck: 'off',
      requireSourceHead: false,
      externalChecks: [],
      approvalRules: [{ group: null, required: 1 }],
    });
  });

  test.each<[string, string | undefined, string, string, RegExp]>([
    ['to nothing in particular', undefined, REF, 'input-invalid', /say to which commit/],
    ['to where it has never been', 'f'.repeat(64), REF, 'input-invalid', /has never been at/],
    ['of a ref that is not there', 'f'.repeat(64), 'os/none', 'ostree/ref-not-found', /no ref os\/none/],
    ['of a ref that the edge does not bring', 'f'.repeat(64), 'other/x', 'input-invalid', /brings no ref/],
  ])('%s is refused', async (_, checksum, ref, code, message) => {
    const asked = { ...wanted('reset'), refs: [{ ref, ...(checksum !== undefined && { checksum }) }] };
    await expect(createPlan(world.ctx, manager, asked)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('to where it is is nothing to do, by either kind', async () => {
    for (const kind of ['reset', 'roll-forward'] as const) {
      await expect(plan(kind, second)).rejects.toMatchObject({ code: 'nothing-to-promote' });
    }
  });

  test('is for release managers, and for programs with the scope for it', async () => {
    for (const role of ['viewer', 'reviewer', 'auditor', 'admin'] as const) {
      const actor = await world.person(role);
      await expect(createPlan(world.ctx, actor, wanted('reset'))).rejects.toMatchObject({
        code: 'forbidden',
      });
    }
    const program: ServiceActor = {
      kind: 'service',
      id: 'ci',
      name: 'ci',
      displayName: 'CI',
      tokenId: 'token',
      tokenName: 'nightly',
      scopes: ['promotions:request'],
      stages: null,
      sponsorIds: [],
    };
    const may: ServiceActor = { ...program, scopes: ['promotions:rollback'] };
    expect((await createPlan(world.ctx, may, wanted('reset'))).plan.kind).toBe('reset');
    for (const ask of [
      () => createPlan(world.ctx, program, wanted('reset')),
      () =>
        createPromotion(world.ctx, program, {
          ...wanted('reset'),
          planChecksum: 'f'.repeat(64),
          reason: 'because',
        }),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('promotion.rollback'),
      });
    }
  });
});

test('a rollback is a promotion like others: numbered, approved, retried, and frozen', async () => {
  const asked = await request('roll-forward');
  expect(asked).toMatchObject({
    title: 'staging back to 1',
    kind: 'roll-forward',
    movedSourceRefs: [],
    offers: { rollBack: { isAllowed: false } },
  });
  const [event] = (await listAudit(world.ctx, await world.person('auditor'), {})).items;
  expect(event?.text).toBe(`requested #${asked.number}, a rollback of 1 ref of staging (roll forward)`);

  // It goes through a hold, and waits for a freeze.
  await setHold(world.ctx, manager, { stage: 'staging', ref: REF, scope: 'every', reason: 'wait' });
  const row = await world.db.promotion.findUniqueOrThrow({
    where: { number: asked.number },
    include: { edge: true },
  });
  expect(await findWaits(world.db, row, world.clock.now())).toEqual([]);
  expect(said(await getPromotion(world.ctx, manager, asked.number), 'held')).toBeUndefined();
  const wall = (hours: number) =>
    new Date(world.clock.now().getTime() + hours * 3_600_000).toISOString().slice(0, 16);
  await addFreeze(world.ctx, await world.person('admin'), {
    name: 'Year end',
    reason: 'nobody is there',
    stage: 'staging',
    start: wall(-1),
    end: wall(5),
    timeZone: 'UTC',
    rule: null,
  });
  expect(await findWaits(world.db, row, world.clock.now())).toMatchObject([{ code: 'frozen' }]);
  await world.db.freezeWindow.updateMany({ data: { removedAt: world.clock.now() } });

  await bench.decide(asked, bench.reviewer);
  await bench.end(asked, 'stale');
  const again = await retryPromotion(world.ctx, manager, asked.number);
  expect(again).toMatchObject({ state: 'approved', planChecksum: asked.planChecksum, kind: 'roll-forward' });
});

describe('after a rollback', () => {
  test('the way back offers what a promotion had put there, and not what nobody approved', async () => {
    const beside = { stage: 'staging', ref: REF, isAncestor: 'false' } as const;
    const before = await listFormerCommits(world.ctx, manager, { stage: 'staging', ref: REF });
    expect(before.items).toMatchObject([{ checksum: first, isAncestor: true }]);
    expect(await listFormerCommits(world.ctx, manager, beside)).toEqual({ ...before, items: [] });

    const repo = pipeline.repo('staging');
    const stray = ostree('commit', `--repo=${repo}`, '--orphan', `--tree=ref=${REF}`).trim();
    ostree('reset', `--repo=${repo}`, REF, first);
    const former = await listFormerCommits(world.ctx, manager, { stage: 'staging', ref: REF });
    expect(former).toMatchObject({ head: { checksum: first, version: '1' }, edges: [{ to: 'staging' }] });
    expect(former.items).toMatchObject([{ checksum: second, version: '2', isAncestor: false }]);
    expect(await listFormerCommits(world.ctx, manager, beside)).toEqual(former);
    expect((await plan('reset', second)).plan.refs[0]).toMatchObject({ resultingChecksum: second });
    expect(said(await plan('reset', second), 'timestamp')?.result).toBe('pass');
    await expect(plan('reset', stray)).rejects.toThrow(/has never been at/);
    ostree('reset', `--repo=${repo}`, REF, second);
  });

  test('forward the source is ahead of it by what was taken back, and can be promoted again', async () => {
    const repo = pipeline.repo('staging');
    const tree = `--tree=ref=${first}`;
    ostree('commit', `--repo=${repo}`, `--branch=${REF}`, tree, '--timestamp=2026-02-01T00:00:01Z');
    pipeline.commit('dev', REF, {
      version: '3',
      files: { 'etc/version': '3' },
      timestamp: '2026-03-01T00:00:00Z',
    });
    const board = await getBoard(world.ctx, manager);
    const [edge] = board.edges;
    expect(edge).toMatchObject({ aheadCount: 1, refs: [{ relation: 'ahead', commits: 2 }] });
    await adoptStageRefs(world.ctx, world.system, { stage: 'staging' });
    const former = (limit: number) =>
      listFormerCommits(world.ctx, manager, { stage: 'staging', ref: REF, limit });
    expect(await former(1)).toMatchObject({ items: [{ checksum: second }], hasMore: true });
    expect(await former(2)).toMatchObject({
      items: [{ checksum: second }, { checksum: first }],
      hasMore: false,
    });
    const next = await bench.plan();
    expect(said(next, 'history')?.result).toBe('pass');
    expect(said(next, 'older-choice')).toBeUndefined();
    expect(next.isBlocked).toBe(false);
  });
});
