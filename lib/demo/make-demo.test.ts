import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemActor } from '../auth/actor';
import { openDatabase } from '../db/client';
import { sqliteUrl } from '../db/database-url';
import { type Home, openHome } from '../home';
import { openRepo, readSignatures, readSummary, resolveRef, walkHistory } from '../ostree';
import { runOstree } from '../ostree/fixtures/run-ostree';
import { getBoard } from '../services/get-board';
import { getPromotion } from '../services/get-promotion';
import { listAudit } from '../services/list-audit';
import { listGroups } from '../services/list-groups';
import { listPeople } from '../services/list-people';
import { listPromotions } from '../services/list-promotions';
import { createServiceContext, type ServiceContext } from '../services/service-context';
import { verifyAuditChain } from '../services/verify-audit-chain';
import { DEMO_REFS, DEMO_STAGES } from './demo-stages';
import type { DemoPerson } from './make-demo';
import { copyDemo } from './testing/copy-demo';

const now = new Date();
let folder: string;
let dir: string;
let home: Home;
let people: DemoPerson[];
let ctx: ServiceContext;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-demo-'));
  dir = join(folder, 'demo');
  people = await copyDemo(dir);
  home = openHome(join(dir, 'home'));
  ctx = createServiceContext({ home, db: openDatabase({ url: sqliteUrl(home.databasePath) }) });
}, 240_000);
afterAll(async () => {
  await ctx?.db.$disconnect();
  rmSync(folder, { recursive: true, force: true });
});

const actor = systemActor('test');
const repoOf = (stage: string) => join(dir, 'repos', stage);

/** Versions of a ref's history, newest first. */
function versionsOf(stage: string, ref: string): (string | null)[] {
  const repo = openRepo(repoOf(stage));
  try {
    const head = resolveRef(repo, ref);
    if (!head) throw new Error(`${stage} has no ${ref}`);
    return [...walkHistory(repo, head)].map(({ version }) => version);
  } finally {
    repo.close();
  }
}

test.each(DEMO_STAGES)('%s is a repository that ostree finds whole, its summary signed', (stage) => {
  runOstree('fsck', '--quiet', `--repo=${repoOf(stage)}`);
  const repo = openRepo(repoOf(stage));
  const stored = readSummary(repo);
  expect(stored?.summary.refs.map(({ ref }) => ref)).toEqual(DEMO_REFS);
  expect(stored?.signatureBytes).not.toBeNull();
  for (const ref of DEMO_REFS) {
    const head = resolveRef(repo, ref);
    expect(head && readSignatures(repo, head).ed25519.length).toBeGreaterThan(0);
  }
  repo.close();
});

test.each(DEMO_REFS)(
  '%s: eight releases or more in each stage, dev ahead of staging ahead of production',
  (ref) => {
    const [dev, staging, production] = DEMO_STAGES.map((stage) => versionsOf(stage, ref));
    expect(dev?.slice(0, 3)).toEqual(['7.5.0-beta1', '7.4.2', '7.4.1']);
    expect(staging).toEqual(dev?.slice(2));
    expect(production).toEqual(staging?.slice(1));
    expect(production?.length).toBeGreaterThanOrEqual(8);
  },
);

test('history lies in the weeks before, in order, and nothing in the future', () => {
  const repo = openRepo(repoOf('dev'));
  for (const ref of DEMO_REFS) {
    const head = resolveRef(repo, ref);
    if (!head) throw new Error(`dev has no ${ref}`);
    const times = [...walkHistory(repo, head)].map(({ timestamp }) => timestamp * 1000);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(times[0]).toBeLessThan(now.getTime());
    expect(times.at(-1)).toBeGreaterThan(now.getTime() - 80 * 86_400_000);
  }
  repo.close();
});

test('promotions: published, rejected, withdrawn, and one from staging to production that waits', async () => {
  const { items } = await listPromotions(ctx, actor, {});
  const states = items.map(({ state }) => state);
  for (const state of ['published', 'rejected', 'withdrawn', 'requested']) expect(states).toContain(state);
  const waiting = items.filter(({ state }) => state === 'requested');
  expect(waiting).toMatchObject([
    { edge: { from: 'staging', to: 'production' }, reason: 'Release 7.4.1, security update for openssl' },
  ]);
});

test('the board shows both edges ahead', async () => {
  const board = await getBoard(ctx, actor);
  expect(board.edges.map(({ from, to, aheadCount }) => [from, to, aheadCount])).toEqual([
    ['dev', 'staging', 2],
    ['staging', 'production', 2],
  ]);
  expect(board.stages.every(({ stage }) => stage.problem === null && stage.summary?.isCurrent === true)).toBe(
    true,
  );
  expect(
    board.stages.every(({ refs }) => refs.every(({ isDrifted, isBroken }) => !isDrifted && !isBroken)),
  ).toBe(true);
});

test('the audit chain holds, and its times go forward', async () => {
  expect(await verifyAuditChain(ctx, actor)).toMatchObject({ isIntact: true });
  const { items } = await listAudit(ctx, actor, {});
  const times = items.map(({ at }) => at);
  expect(times.length).toBeGreaterThan(20);
  expect(times).toEqual([...times].sort().reverse());
  expect(Date.parse(times[0] ?? '')).toBeLessThan(now.getTime());
});

test('four people named by their role, who need not change their password first', async () => {
  expect(people.map(({ name }) => name)).toEqual(['release-manager', 'reviewer', 'auditor', 'admin']);
  const listed = await listPeople(ctx, actor);
  expect(listed.map(({ role }) => role).sort()).toEqual(['admin', 'auditor', 'release-manager', 'reviewer']);
  expect(listed.every(({ mustChangePassword }) => !mustChangePassword)).toBe(true);
});

test('the group release approves what goes to production', async () => {
  expect(await listGroups(ctx, actor)).toMatchObject([
    { name: 'release', members: [{ name: 'reviewer', canApprove: true }], edges: [{ to: 'production' }] },
  ]);
  const published = (await listPromotions(ctx, actor, { stage: 'production' })).items.find(
    ({ state }) => state === 'published',
  );
  const { rules } = await getPromotion(ctx, actor, published?.number ?? 0);
  expect(rules).toMatchObject([{ group: 'release', required: 1, isSatisfied: true, by: ['Reviewer'] }]);
});

test('no password is kept in the folder, in any file', () => {
  const files = readdirSync(home.root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const file of files) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const { password } of people) expect(bytes.includes(password), file.name).toBe(false);
  }
});
