import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { PromotionDto } from '../contracts/promotion';
import { followsFrom } from '../jobs/follows-from';
import { fsckOneSource } from '../jobs/fsck-sources';
import { noteSourceHeads } from '../jobs/note-source-heads';
import { findWaits } from '../jobs/waits/find-waits';
import type { WorkerContext } from '../jobs/worker-context';
import { openRepo, parseChecksum, readCommit } from '../ostree';
import { createPlan } from './create-plan';
import { createPromotion } from './create-promotion';
import type { UpdateEdgeInput } from './edge-change';
import { getPromotion } from './get-promotion';
import { ostree, REF } from './testing/pipeline';
import { makePromotionBench, type PromotionBench, refs } from './testing/promotions';
import { updateEdge } from './update-edge';

let bench: PromotionBench;
beforeAll(async () => {
  bench = await makePromotionBench();
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await setEdge({ soakHours: 0, versionCheck: 'off', fastForwardCheck: 'advisory', sourceFsckCheck: 'off' });
});

const setEdge = (change: UpdateEdgeInput) =>
  updateEdge(bench.world.ctx, bench.world.system, { id: bench.pipeline.edge.id, ...change });
const hours = (count: number) => bench.world.clock.advance(count * 3600);
const soakOf = ({ facts }: Pick<PromotionDto, 'facts'>) => facts.checks.find(({ code }) => code === 'soak');
const look = ({ number }: PromotionDto) => getPromotion(bench.world.ctx, bench.manager, number);
let version = 2;
/** A commit of somebody else, that Treeline was not told of. */
function commit(files: Record<string, string> = {}, named = String(++version)): string {
  const timestamp = new Date(Date.parse('2026-03-01T00:00:00Z') + version * 1000).toISOString();
  return bench.pipeline.commit('dev', REF, {
    version: named,
    timestamp,
    files: { 'etc/version': named, ...files },
  });
}
const worker = () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return { ...bench.world.ctx, log } as unknown as WorkerContext;
};
/** What the worker looks at now and then, and while nothing else is to be done. */
const note = () => noteSourceHeads(worker());
const fsck = () => fsckOneSource(worker(), new AbortController().signal, new Map());

test('a commit soaks from when Treeline saw it there; asking and approving go on meanwhile, and the run waits', async () => {
  await setEdge({ soakHours: 24 });
  commit();
  const planned = await bench.plan();
  expect(planned.isBlocked).toBe(false);
  expect(soakOf(planned)).toMatchObject({ result: 'wait', detail: expect.stringContaining('not seen') });
  const asked = await bench.request();
  const until = '2026-11-24T12:00:00.000Z';
  expect(asked.waits).toEqual([{ code: 'soak', detail: 'it has to soak for 24 h in dev', until }]);
  hours(3);
  const approved = await bench.decide(asked, bench.reviewer);
  expect(approved).toMatchObject({ state: 'approved', stateText: 'waits: soak' });
  expect(soakOf(approved)).toMatchObject({
    result: 'wait',
    detail: 'soaked 3 h of 24 h, ready at 2026-11-24 12:00 UTC; the run waits until then',
  });
  hours(21);
  const ready = await look(asked);
  expect(ready).toMatchObject({ state: 'approved', stateText: 'queued', waits: [] });
  expect(ready.approvals[0]).toMatchObject({ isVoid: false });
  expect(soakOf(ready)).toMatchObject({ result: 'pass', detail: 'soaked 24 h of 24 h' });
  // What was published is shown as it was then, for ever.
  await bench.end(asked, 'published');
  hours(100);
  expect(soakOf(await look(asked))).toMatchObject({ detail: 'soaked 24 h of 24 h' });
});

test('the worker notes heads the first time it sees them, so that time before the request counts', async () => {
  await setEdge({ soakHours: 24 });
  commit();
  await note();
  hours(10);
  await note();
  expect(soakOf(await bench.plan())).toMatchObject({ detail: expect.stringMatching(/^soaked 10 h of 24 h/) });
  // An edge without a soak time is not looked at, and what is adopted counts from then.
  await setEdge({ soakHours: 0 });
  const checksum = commit();
  await note();
  expect(await bench.world.db.sourceSighting.count({ where: { checksum } })).toBe(0);
});

test('what Treeline put into the stage itself counts from then, without a look', async () => {
  const checksum = commit();
  await bench.world.db.ledgerRef.updateMany({
    where: { stage: { name: 'dev' }, ref: REF },
    data: { checksum, recordedAt: bench.world.clock.now() },
  });
  hours(30);
  await setEdge({ soakHours: 24 });
  expect(soakOf(await bench.plan())).toMatchObject({ result: 'pass', detail: 'soaked 30 h of 24 h' });
});

test('a commit whose coming nobody noted is waited for, and long followed ones are forgotten', async () => {
  await setEdge({ soakHours: 1 });
  const old = commit();
  await note();
  const asked = await bench.request();
  const row = await bench.world.db.promotion.findUniqueOrThrow({
    where: { number: asked.number },
    include: { edge: true },
  });
  const { db, clock } = bench.world;
  hours(2);
  expect(await findWaits(db, row, clock.now())).toEqual([]);
  await db.sourceSighting.deleteMany();
  expect(await findWaits(db, row, clock.now())).toEqual([
    { code: 'soak', detail: expect.any(String), until: null },
  ]);
  await note();
  const next = commit();
  hours(1);
  await note();
  hours(61 * 24);
  commit();
  await note();
  expect(await db.sourceSighting.count({ where: { checksum: next } })).toBe(1);
  expect(await db.sourceSighting.count({ where: { checksum: old } })).toBe(0);
});

test('a change of soak time or of a check makes promotions stale, as any change of policy', async () => {
  commit();
  for (const change of [
    { soakHours: 5 },
    { versionCheck: 'required' },
    { fastForwardCheck: 'required' },
  ] as UpdateEdgeInput[]) {
    const asked = await bench.request();
    await setEdge(change);
    expect((await look(asked)).state).toBe('stale');
  }
  for (const wrong of [
    { soakHours: -1 },
    { soakHours: 721 },
    { soakHours: 1.5 },
    { versionCheck: 'maybe' },
  ]) {
    await expect(setEdge(wrong as never)).rejects.toMatchObject({ code: 'input-invalid' });
  }
});

test('a version that is no later, and a history that does not follow, stop a plan where the edge says so', async () => {
  const { ctx, root } = bench.world;
  const plan = (checksum: string) =>
    createPlan(ctx, bench.manager, { edge: bench.pipeline.edge.id, refs: [{ ref: REF, checksum }] });
  const result = async (checksum: string, code: string) =>
    (await plan(checksum)).facts.checks.find((check) => check.code === code)?.result;
  const earlier = commit({ 'etc/x': 'x' }, '0.9');
  expect(await result(earlier, 'version')).toBeUndefined();
  await setEdge({ versionCheck: 'advisory' });
  expect(await result(earlier, 'version')).toBe('warn');
  await setEdge({ versionCheck: 'required' });
  const { planChecksum, isBlocked } = await plan(earlier);
  expect(isBlocked).toBe(true);
  const ask = { edge: bench.pipeline.edge.id, refs, planChecksum, reason: 'because' };
  await expect(createPromotion(ctx, bench.manager, ask)).rejects.toMatchObject({
    code: 'plan-blocked',
    message: '0.9 is earlier than 1',
  });

  const orphan = ostree(
    'commit',
    `--repo=${bench.pipeline.repo('dev')}`,
    `--branch=${REF}`,
    `--tree=dir=${root}/trees/dev/${REF}`,
    '--parent=none',
    '--subject=anew',
    '--timestamp=2026-04-01T00:00:00Z',
  ).trim();
  await setEdge({ versionCheck: 'off', fastForwardCheck: 'required' });
  expect(await result(orphan, 'history')).toBe('fail');
  await setEdge({ fastForwardCheck: 'off' });
  expect(await result(orphan, 'history')).toBeUndefined();

  // A run finds out the same by itself.
  const source = openRepo(bench.pipeline.repo('dev'));
  const target = openRepo(bench.pipeline.repo('staging'));
  const base = readCommit(source, parseChecksum(bench.pipeline.head('staging', REF) ?? ''));
  for (const mode of ['identity', 'recommit'] as const) {
    const ends = { source, target, mode };
    expect(followsFrom(ends, { source: parseChecksum(earlier) }, base)).toBe(true);
    expect(followsFrom(ends, { source: parseChecksum(orphan) }, base)).toBe(false);
    expect(followsFrom(ends, { source: parseChecksum(orphan) }, null)).toBe(true);
  }
  source.close();
  target.close();
});

test('where an edge asks for a source fsck, the worker hashes what is asked for, and the run waits for that', async () => {
  await setEdge({ sourceFsckCheck: 'required' });
  commit({ 'etc/fscked': 'whole' });
  const fsckOf = ({ facts }: Pick<PromotionDto, 'facts'>) =>
    facts.checks.find(({ code }) => code === 'source-fsck');
  expect(await fsck(), 'nothing is asked for').toBe(false);
  const planned = await bench.plan();
  expect(planned.isBlocked).toBe(false);
  expect(fsckOf(planned)).toMatchObject({ result: 'wait' });
  const asked = await bench.request();
  expect(asked.waits).toEqual([
    { code: 'fsck', detail: `every object of ${REF} in dev is still to be hashed`, until: null },
  ]);

  // One object is another than its name says.
  const file =
    ostree('ls', '-C', `--repo=${bench.pipeline.repo('dev')}`, REF, '/etc/fscked').split(/\s+/)[4] ?? '';
  const path = `${bench.pipeline.repo('dev')}/objects/${file.slice(0, 2)}/${file.slice(2)}.filez`;
  const whole = readFileSync(path);
  chmodSync(path, 0o644);
  writeFileSync(path, Buffer.concat([whole.subarray(0, -1), Buffer.of((whole.at(-1) ?? 0) ^ 1)]));
  expect(await fsck()).toBe(true);
  const damaged = await look(asked);
  expect(damaged.waits[0]?.detail).toContain(`${REF} is not whole in dev`);
  expect(fsckOf(damaged)).toMatchObject({
    result: 'fail',
    detail: expect.stringContaining(file.slice(0, 10)),
  });

  writeFileSync(path, whole);
  expect(await fsck(), 'it was just looked at').toBe(false);
  hours(1);
  expect(await fsck()).toBe(true);
  const ready = await look(asked);
  expect(ready).toMatchObject({ state: 'requested', waits: [] });
  expect(fsckOf(ready)).toMatchObject({
    result: 'pass',
    detail: expect.stringMatching(/^\d+ objects hashed at 20/),
  });
  expect(await fsck(), 'once is enough').toBe(false);
});
