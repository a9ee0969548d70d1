import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import type { SetHoldInput } from '../contracts/hold';
import { findHolds } from '../db/hold';
import { findWaits } from '../jobs/waits/find-waits';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getBoard } from './get-board';
import { getPromotion } from './get-promotion';
import { getStagePage } from './get-stage-page';
import { liftHold } from './lift-hold';
import { listAudit } from './list-audit';
import { listHolds } from './list-holds';
import { retryPromotion } from './retry-promotion';
import { setHold } from './set-hold';
import { ostree, REF, type TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import type { World } from './testing/world';

let bench: PromotionBench;
let admin: PersonActor;
let manager: PersonActor;
let pipeline: TestPipeline;
let world: World;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, world } = bench);
  admin = await world.person('admin');
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await world.db.hold.updateMany({ data: { activeKey: null } });
});

const input = (of: Partial<SetHoldInput> = {}): SetHoldInput => ({
  stage: 'staging',
  ref: REF,
  scope: 'every',
  reason: 'the audit is going on',
  ...of,
});
const hold = (of: Partial<SetHoldInput> = {}) => setHold(world.ctx, manager, input(of));
const lift = (id: string) => liftHold(world.ctx, manager, { id, reason: 'the audit is over' });
const lastEvents = async (count: number) =>
  (await listAudit(world.ctx, admin, {})).items.slice(0, count).map(({ kind, text }) => `${kind}: ${text}`);

describe('holds', () => {
  test('are set and lifted by release managers and admins, each with its event', async () => {
    const set = await hold();
    expect(set).toMatchObject({ ...input(), origin: 'hand', promotion: null, by: 'The release-manager' });
    expect(await lastEvents(1)).toEqual([`hold.set: held ${REF} in staging: the audit is going on`]);
    expect(await listHolds(world.ctx, admin, { stage: 'staging' })).toEqual([set]);
    expect(await listHolds(world.ctx, admin, { stage: 'dev' })).toEqual([]);
    await expect(hold({ scope: 'automatic' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('release-manager'),
    });
    expect(await liftHold(world.ctx, admin, { id: set.id, reason: 'enough' })).toEqual(set);
    expect(await lastEvents(1)).toEqual([`hold.lifted: lifted the hold on ${REF} in staging: enough`]);
    expect(await listHolds(world.ctx, admin)).toEqual([]);
    await expect(lift(set.id)).rejects.toMatchObject({
      code: 'state-changed',
      message: expect.stringContaining('lifted before, by admin'),
    });
    await expect(lift('none')).rejects.toMatchObject({ code: 'not-found' });
    expect((await hold({ scope: 'automatic' })).scope).toBe('automatic');
    expect(await lastEvents(1)).toEqual([
      `hold.set: held ${REF} in staging against automatic promotion: the audit is going on`,
    ]);
  });

  test('are for nobody else to change, and for everybody to see', async () => {
    const { id } = await hold();
    for (const role of ['viewer', 'reviewer', 'auditor'] as const) {
      const actor = await world.person(role);
      await expect(setHold(world.ctx, actor, input())).rejects.toMatchObject({ code: 'forbidden' });
      const lifting = liftHold(world.ctx, actor, { id, reason: 'because' });
      await expect(lifting).rejects.toMatchObject({ code: 'forbidden' });
      expect(await listHolds(world.ctx, actor)).toHaveLength(1);
    }
  });

  test.each<[string, Partial<SetHoldInput>, string, string]>([
    ['a ref that is not there', { ref: 'os/none' }, 'ref', 'input-invalid'],
    ['a ref that is none', { ref: '../x' }, 'ref', 'input-invalid'],
    ['a stage that nothing leads into', { stage: 'dev' }, 'stage', 'input-invalid'],
    ['no such stage', { stage: 'nowhere' }, 'stage', 'not-found'],
    ['no reason', { reason: ' ' }, 'reason', 'input-invalid'],
  ])('of %s are refused, and the field is named', async (_, of, field, code) => {
    const details = code === 'not-found' ? { stage: 'nowhere' } : { field };
    await expect(hold(of)).rejects.toMatchObject({ code, details });
    expect(await listHolds(world.ctx, manager)).toEqual([]);
  });

  test('are shown wherever the ref is, and what is approved waits until the last is lifted', async () => {
    const set = await hold();
    const planned = await bench.plan();
    expect(planned.isBlocked).toBe(false);
    const held = `${REF} is held in staging by release-manager: the audit is going on`;
    expect(planned.facts.checks.filter(({ code }) => code === 'held')).toMatchObject([
      { result: 'wait', ref: REF, detail: expect.stringContaining(held) },
    ]);
    const asked = await bench.request();
    const approved = await bench.decide(asked, bench.reviewer);
    expect(approved).toMatchObject({ state: 'approved', stateText: 'waits: held', holds: [set] });
    expect(approved.waits).toEqual([{ code: 'held', detail: held, until: null }]);
    const board = await getBoard(world.ctx, manager);
    expect(board.stages.find(({ stage }) => stage.name === 'staging')?.refs[0]?.holds).toEqual([set]);
    expect(board.stages.find(({ stage }) => stage.name === 'dev')?.refs[0]?.holds).toEqual([]);
    expect((await getStagePage(world.ctx, manager, 'staging')).holds).toEqual([set]);

    await lift(set.id);
    const free = await getPromotion(world.ctx, manager, asked.number);
    expect(free).toMatchObject({ stateText: 'queued', waits: [], holds: [] });
    expect(free.facts.checks.some(({ code }) => code === 'held')).toBe(false);
  });

  test('against automatic promotion stop nobody else, and can be asked for', async () => {
    const set = await hold({ scope: 'automatic' });
    const asked = await bench.request();
    expect(asked.waits).toEqual([]);
    expect(asked.facts.checks.some(({ code }) => code === 'held')).toBe(false);
    const stage = await world.db.stage.findUniqueOrThrow({ where: { name: 'staging' } });
    expect((await findHolds(world.db, stage.id, [REF, 'os/other'])).map(({ id }) => id)).toEqual([set.id]);
    expect(await findHolds(world.db, stage.id, ['os/other'])).toEqual([]);
  });

  test('of one stage hold nothing of another', async () => {
    await hold();
    const row = await world.db.promotion.findUniqueOrThrow({
      where: { number: (await bench.request()).number },
      include: { edge: true },
    });
    const elsewhere = { ...row, edge: { ...row.edge, toStageId: row.edge.fromStageId } };
    expect(await findWaits(world.db, row, new Date())).toHaveLength(1);
    expect(await findWaits(world.db, elsewhere, new Date())).toEqual([]);
  });
});

describe('a deliberate older choice', () => {
  const rowsOf = async (number: number) =>
    (await world.db.promotionRef.findMany({ where: { promotion: { number } } })).map(
      (row) => row.isOlderChoice,
    );
  const commit = (version: string) =>
    pipeline.commit('dev', REF, { version, files: { 'etc/version': version } });
  const ask = async (checksum: string) => {
    const wanted = { edge: pipeline.edge.id, refs: [{ ref: REF, checksum }] };
    const plan = await createPlan(world.ctx, manager, wanted);
    const { planChecksum } = plan;
    return createPromotion(world.ctx, manager, { ...wanted, planChecksum, reason: 'this one' });
  };
  const said = (promotion: { facts: { checks: { code: string }[] } }) =>
    promotion.facts.checks.some(({ code }) => code === 'older-choice');

  test('is noted and said where the commit was not the head when it was asked for', async () => {
    const newest = await ask(pipeline.head('dev', REF) ?? '');
    expect(await rowsOf(newest.number)).toEqual([false]);
    expect(said(newest)).toBe(false);
    await bench.clear();
    const older = pipeline.head('dev', REF) ?? '';
    commit('3');
    const chosen = await ask(older);
    expect(await rowsOf(chosen.number)).toEqual([true]);
    expect(said(chosen)).toBe(true);
  });

  test('is none because the source has moved on before a retry', async () => {
    const asked = await ask(pipeline.head('dev', REF) ?? '');
    await bench.end(asked, 'stale');
    commit('4');
    const again = await retryPromotion(world.ctx, manager, asked.number);
    expect(await rowsOf(asked.number)).toEqual([false]);
    expect(said(again)).toBe(false);
  });

  test('is what follows from nothing that is there', async () => {
    const orphan = ostree(
      'commit',
      `--repo=${pipeline.repo('dev')}`,
      `--branch=${REF}`,
      `--tree=ref=${REF}`,
      '--parent=none',
      '--timestamp=2027-01-01T00:00:00Z',
    ).trim();
    const asked = await ask(orphan);
    expect(await rowsOf(asked.number)).toEqual([true]);
    expect(said(asked)).toBe(true);
  });
});
