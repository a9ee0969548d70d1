import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonActor, ServiceActor } from '../auth/actor';
import type { PlanInput, PlanResultDto } from '../contracts/promotion';
import { insertRetirement } from '../db/retirement';
import { findWaits } from '../jobs/waits/find-waits';
import { addEdge } from './add-edge';
import { addStage } from './add-stage';
import { adoptStageRefs } from './adopt-stage-refs';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import { getStagePage } from './get-stage-page';
import { listRetirements } from './list-retirements';
import { setHold } from './set-hold';
import { stopRetirement } from './stop-retirement';
import { initRepository, ostree, REF, type TestPipeline } from './testing/pipeline';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import type { World } from './testing/world';
import { updateStage } from './update-stage';

const OLD = 'os/amd64/old';

let bench: PromotionBench;
let manager: PersonActor;
let pipeline: TestPipeline;
let world: World;
let head: string;
beforeAll(async () => {
  bench = await makePromotionBench();
  ({ manager, pipeline, world } = bench);
  const repo = pipeline.repo('staging');
  // Two commits, of which the first is another ref's too; the second says where to go on.
  const shared = pipeline.commit('staging', OLD, { files: { 'etc/old': '1' }, version: '1' });
  ostree('refs', `--repo=${repo}`, '--create=os/amd64/kept', shared);
  head = ostree(
    'commit',
    `--repo=${repo}`,
    `--branch=${OLD}`,
    `--tree=ref=${OLD}`,
    '--add-metadata-string=ostree.endoflife=use main',
    `--add-metadata-string=ostree.endoflife-rebase=${REF}`,
  ).trim();
  await adoptStageRefs(world.ctx, world.system, { stage: 'staging' });
  initRepository(pipeline.repo('production'));
  await addStage(world.ctx, world.system, { name: 'production', repoPath: pipeline.repo('production') });
  await addEdge(world.ctx, world.system, { from: 'staging', to: 'production', refGlobs: ['os/**'] });
});
afterAll(() => bench.world.close());
beforeEach(() => bench.clear());

const wanted = (ref = OLD, checksum?: string): PlanInput => ({
  kind: 'remove',
  edge: pipeline.edge.id,
  refs: [{ ref, ...(checksum !== undefined && { checksum }) }],
});
const plan = (ref?: string, checksum?: string) => createPlan(world.ctx, manager, wanted(ref, checksum));
async function request(ref?: string) {
  const { planChecksum } = await plan(ref);
  return createPromotion(world.ctx, manager, { ...wanted(ref), planChecksum, reason: 'nobody builds it' });
}
const said = ({ facts }: Pick<PlanResultDto, 'facts'>, code: string) =>
  facts.checks.find((check) => check.code === code);

describe('the plan of a removal', () => {
  test('names the head that goes, says whom that strands, and what is deleted', async () => {
    const result = await plan();
    expect(result.plan).toMatchObject({
      kind: 'remove',
      mode: 'identity',
      refs: [{ targetRef: OLD, sourceRef: OLD, expectedChecksum: head, resultingChecksum: null }],
    });
    expect(result.isBlocked).toBe(false);
    expect(result.facts.refs[0]?.stranded).toEqual({
      endOfLife: 'use main',
      rebaseTo: REF,
      isRebaseTargetThere: true,
      sameRefs: [],
      laterRefs: [],
      downstream: [{ stage: 'production', ref: OLD }],
      openFrom: [],
      deltas: 0,
      commits: 1,
      commitsKept: 1,
    });
    expect(result.facts.retirable).toMatchObject({ graceHours: 24, commits: 1, size: { objects: 1 } });
    expect(said(result, 'end-of-life')?.result).toBe('pass');
    expect(said(result, 'downstream')).toMatchObject({
      result: 'warn',
      detail: expect.stringMatching(/production, which keeps/),
    });
    for (const code of ['links', 'history', 'timestamp', 'source-signature'])
      expect(said(result, code)).toBeUndefined();
    expect((await plan()).planChecksum).toBe(result.planChecksum);
  });

  test('finds the refs that go on from the same history', async () => {
    const { facts } = await plan('os/amd64/kept');
    expect(facts.refs[0]?.stranded).toMatchObject({
      laterRefs: [OLD],
      sameRefs: [],
      commits: 0,
      commitsKept: 1,
    });
    expect(facts.retirable).toMatchObject({ commits: 0, size: { objects: 0 } });
    expect(said({ facts }, 'end-of-life')?.detail).toMatch(/get no more updates/);
    const both = await createPlan(world.ctx, manager, {
      ...wanted(),
      refs: [{ ref: OLD }, { ref: 'os/amd64/kept' }, { ref: REF }],
    });
    expect(both.facts.retirable?.commits).toBe(3);
    expect(said(both, 'last-ref')?.result).toBe('warn');
    expect(both.facts.refs.find(({ targetRef }) => targetRef === OLD)?.stranded?.isRebaseTargetThere).toBe(
      false,
    );
  });

  test('is made, without a size, where something else in the repository is damaged', async () => {
    const repo = pipeline.repo('staging');
    const stray = ostree(
      'commit',
      `--repo=${repo}`,
      '--orphan',
      `--tree=ref=${OLD}`,
      '--subject=stray',
    ).trim();
    const path = join(repo, 'objects', stray.slice(0, 2), `${stray.slice(2)}.commit`);
    const bytes = readFileSync(path);
    writeFileSync(path, 'no commit');
    try {
      expect((await plan()).facts.retirable).toEqual({ graceHours: 24, commits: 1, size: null });
    } finally {
      writeFileSync(path, bytes);
    }
  });

  test.each<[string, PlanInput['refs'], RegExp]>([
    ['a ref that is not there', [{ ref: 'os/none' }], /has no ref os\/none/],
    ['a ref at another commit', [{ ref: OLD, checksum: 'f'.repeat(64) }], /is at [0-9a-f]{64}, not at f{64}/],
    ['a ref that no edge brings', [{ ref: 'other' }], /brings no ref other/],
    ['what a collection is found by', [{ ref: 'ostree-metadata' }], /stays: clients find the collection/],
    ['a ref twice', [{ ref: OLD }, { ref: OLD }], /named twice/],
  ])('refuses %s', async (_, refs, message) => {
    await expect(createPlan(world.ctx, manager, { ...wanted(), refs })).rejects.toThrow(message);
  });

  test('is refused without the right or the scope for it, and as an emergency', async () => {
    const program: ServiceActor = {
      kind: 'service',
      id: manager.id,
      name: 'ci',
      displayName: 'CI',
      tokenId: 't',
      tokenName: 't',
      scopes: ['promotions:request', 'promotions:rollback'],
      stages: null,
      sponsorIds: [],
    };
    await expect(createPlan(world.ctx, program, wanted())).rejects.toThrow(/promotion\.remove/);
    const allowed = { ...program, scopes: ['promotions:remove' as const] };
    expect((await createPlan(world.ctx, allowed, wanted())).plan.kind).toBe('remove');
    await expect(createPlan(world.ctx, manager, { ...wanted(), emergency: true })).rejects.toThrow(
      /a removal is approved before/,
    );
  });
});

describe('a request to remove', () => {
  test('is approved under the rules of its edge, and waits for a hold', async () => {
    const asked = await request();
    expect(asked).toMatchObject({
      kind: 'remove',
      title: `Remove ${OLD} from staging`,
      approvalsRequired: 1,
    });
    await bench.decide(asked, bench.reviewer);
    const row = await world.db.promotion.findUniqueOrThrow({
      where: { number: asked.number },
      include: { edge: true, runs: { include: { steps: { orderBy: { position: 'asc' } } } } },
    });
    expect(row.runs[0]?.steps.map(({ name }) => name)).toEqual([
      'preflight',
      'summary',
      'publish',
      'update-refs',
      'probe',
    ]);
    await setHold(world.ctx, manager, { stage: 'staging', ref: OLD, scope: 'every', reason: 'not yet' });
    expect(await findWaits(world.db, row, world.clock.now())).toMatchObject([{ code: 'held' }]);
    await world.db.hold.updateMany({ data: { activeKey: null } });
    // Nothing takes its place, nor does it take that of another.
    expect((await plan()).supersedable).toEqual([]);
  });

  test('says what else is asked of the ref, and that this keeps its commit', async () => {
    const asked = await request();
    const into = await plan();
    expect(said(into, 'open-promotion')?.detail).toMatch(`#${asked.number} is open`);
    expect(into.facts.retirable?.commits).toBe(0);
    await bench.clear();
    expect((await plan()).facts.retirable?.commits).toBe(1);
    // Out of the stage.
    const edge = await world.db.edge.findFirstOrThrow({ where: { from: { name: 'staging' } } });
    const onwards = { edge: edge.id, refs: [{ ref: OLD }] };
    const { planChecksum } = await createPlan(world.ctx, manager, onwards);
    const { number } = await createPromotion(world.ctx, manager, {
      ...onwards,
      planChecksum,
      reason: 'because',
    });
    const from = await plan();
    expect(said(from, 'open-from')?.detail).toMatch(`#${number} is open and takes it from staging`);
    expect(from.facts).toMatchObject({
      refs: [{ stranded: { openFrom: [number] } }],
      retirable: { commits: 0 },
    });
    // Over, but to be retried; and over for too long.
    const ended = (days: number) => ({
      state: 'failed',
      endedAt: new Date(world.clock.now().getTime() - days * 86_400_000),
    });
    await world.db.promotion.updateMany({ where: { number }, data: ended(29) });
    expect((await plan()).facts.retirable?.commits).toBe(0);
    await world.db.promotion.updateMany({ where: { number }, data: ended(31) });
    expect((await plan()).facts.retirable?.commits).toBe(1);
  });
});

describe('what a removal left', () => {
  const left = async (promotionNumber: number) => {
    const stage = await world.db.stage.findUniqueOrThrow({ where: { name: 'staging' } });
    const removedAt = world.clock.now();
    await insertRetirement(world.db, {
      stageId: stage.id,
      promotionNumber,
      refs: [{ ref: OLD, checksum: head }],
      removedAt,
      dueAt: new Date(removedAt.getTime() + 3_600_000),
    });
    const [found] = await listRetirements(world.ctx, bench.reviewer, { stage: 'staging' });
    return found as NonNullable<typeof found>;
  };

  test('is listed and shown with its stage, and kept by whoever may, once', async () => {
    const asked = await request();
    const found = await left(asked.number);
    expect(found).toMatchObject({
      stage: 'staging',
      promotion: asked.number,
      state: 'waiting',
      estimate: { commits: 1 },
      counts: null,
    });
    expect((await getStagePage(world.ctx, bench.reviewer, 'staging')).retirements).toEqual([found]);
    const input = { id: found.id, reason: 'the lab still needs it' };
    await expect(stopRetirement(world.ctx, bench.reviewer, input)).rejects.toThrow(/retirement\.stop/);
    await expect(stopRetirement(world.ctx, manager, { ...input, reason: 'x' })).rejects.toThrow(/say why/);
    expect(await stopRetirement(world.ctx, manager, input)).toMatchObject({
      state: 'stopped',
      stopped: { by: manager.displayName, reason: 'the lab still needs it' },
    });
    await expect(stopRetirement(world.ctx, manager, input)).rejects.toThrow(
      /can’t be kept: it is kept already/,
    );
    await expect(stopRetirement(world.ctx, manager, { ...input, id: 'none' })).rejects.toThrow(/no such/);
    const event = await world.db.auditEvent.findFirstOrThrow({ where: { kind: 'retirement.stopped' } });
    expect(event).toMatchObject({ stageName: 'staging', promotionNumber: asked.number });
  });

  test('that a worker has begun to delete can’t be kept', async () => {
    const { id } = await left((await request('os/amd64/kept')).number);
    await world.db.retirement.update({ where: { id }, data: { state: 'deleting' } });
    await expect(stopRetirement(world.ctx, manager, { id, reason: 'because' })).rejects.toThrow(
      /has begun to delete/,
    );
  });

  test('stays for as long as an admin says', async () => {
    const set = (retireGraceHours: number) =>
      updateStage(world.ctx, world.system, { stage: 'staging', retireGraceHours });
    for (const bad of [0, 721, 1.5]) await expect(set(bad)).rejects.toThrow(/1 to 720|integer|int/);
    expect((await set(48)).retireGraceHours).toBe(48);
    expect((await plan()).facts.retirable?.graceHours).toBe(48);
    const event = await world.db.auditEvent.findFirstOrThrow({ where: { kind: 'stage.updated' } });
    expect(event.dataJson).toContain('retireGraceHours 24 → 48');
  });
});
