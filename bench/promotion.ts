import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PersonActor } from '../lib/auth/actor';
import type { PromotionDto } from '../lib/contracts/promotion';
import { openDatabase } from '../lib/db/client';
import { sqliteUrl } from '../lib/db/database-url';
import { openHome } from '../lib/home';
import { createPlan } from '../lib/services/create-plan';
import { createPromotion } from '../lib/services/create-promotion';
import { decidePromotion } from '../lib/services/decide-promotion';
import { getPromotion } from '../lib/services/get-promotion';
import { listEdges } from '../lib/services/list-edges';
import { listPeople } from '../lib/services/list-people';
import { createServiceContext, type ServiceContext } from '../lib/services/service-context';
import { findFreePort } from '../lib/testing/free-port';
import { makeEmpty, treeline } from './commands';
import { type BenchSource, ostree, REF } from './make-repositories';
import { type Comparison, timeSeconds } from './measure';

const TERMINAL = new Set(['published', 'failed', 'stale', 'rejected', 'withdrawn']);

/** A Treeline without pages: a home, its worker, signer and repo-server, and who asks and who approves. */
interface Bench {
  ctx: ServiceContext;
  edge: string;
  requester: PersonActor;
  reviewer: PersonActor;
  processes: ChildProcess[];
}

/** Seconds of each step of each measured run, by the name of the step. */
export type StepSeconds = Map<string, number[]>;

/**
 * One promotion for each commit after the first: the same commits go the same way into two equal
 * repositories, once through the real worker (from claimed to done: publish and probe included, object
 * hashing and signatures too), once by `ostree pull-local` and `ostree summary -u`.
 */
export async function comparePromotion(
  folder: string,
  source: BenchSource,
): Promise<{ times: Comparison; steps: StepSeconds }> {
  const first = source.checksums[0] ?? '';
  setHead(source, first);
  const ours = makeEmpty(folder, 'target-treeline');
  const theirs = makeEmpty(folder, 'target-ostree');
  for (const target of [ours, theirs]) {
    ostree('pull-local', `--repo=${target}`, source.path, REF);
    ostree('summary', '-u', `--repo=${target}`);
  }
  const times: Comparison = {
    what: 'promote 100 changed files (pull-local + summary -u)',
    treeline: [],
    ostree: [],
  };
  const steps: StepSeconds = new Map();
  const bench = await startBench(join(folder, 'home'), source.path, ours);
  try {
    for (const [index, checksum] of source.checksums.slice(1).entries()) {
      setHead(source, checksum);
      const promotion = await promote(bench, `release ${index + 1}`);
      const seconds = await timeSeconds(() => {
        ostree('pull-local', `--repo=${theirs}`, source.path, REF);
        ostree('summary', '-u', `--repo=${theirs}`);
      });
      const heads = [ours, theirs].map((target) => ostree('rev-parse', `--repo=${target}`, REF));
      if (heads.some((head) => head !== checksum)) throw new Error(`ended at ${heads.join(' and ')}`);
      if (index === 0) continue; // warms caches
      times.treeline.push(readRunSeconds(promotion, steps));
      times.ostree.push(seconds);
    }
  } finally {
    await stop(bench);
  }
  return { times, steps };
}

async function startBench(root: string, dev: string, target: string): Promise<Bench> {
  const env = { TREELINE_HOME: root };
  const port = await findFreePort();
  await treeline(['init'], env);
  await treeline(['stage', 'add', 'dev', `--repo=${dev}`], env);
  await treeline(['stage', 'add', 'target', `--repo=${target}`], env);
  await treeline(['key', 'generate', 'target'], env);
  await treeline(['edge', 'add', 'dev', 'target', '--refs=**'], env);
  await treeline(['person', 'add', 'manager', '--role=release-manager'], env);
  await treeline(['person', 'add', 'reviewer', '--role=reviewer'], env);
  const home = openHome(root);
  const db = openDatabase({ url: sqliteUrl(home.databasePath) });
  const repoUrl = `http://127.0.0.1:${port}`;
  const ctx = createServiceContext({ home, db, repoUrl });
  const system = { kind: 'system', name: 'bench' } as const;
  const edge = (await listEdges(ctx, system))[0];
  if (edge === undefined) throw new Error('the edge was not added');
  const people = await listPeople(ctx, system);
  const actorOf = (name: string): PersonActor => {
    const person = people.find((candidate) => candidate.name === name);
    if (person === undefined) throw new Error(`${name} was not added`);
    return { ...person, kind: 'person', mustChangePassword: false, sessionId: null };
  };
  const processes = [['signer'], ['repo-server', `--port=${port}`], ['worker']].map((args) =>
    spawn(process.execPath, [join(import.meta.dirname, 'treeline.js'), ...args], {
      env: { ...process.env, ...env, TREELINE_REPO_URL: repoUrl, TREELINE_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  return { ctx, edge: edge.id, requester: actorOf('manager'), reviewer: actorOf('reviewer'), processes };
}

/** Asks, approves and waits until the worker is done. */
async function promote({ ctx, edge, requester, reviewer }: Bench, reason: string): Promise<PromotionDto> {
  const input = { edge, refs: [{ ref: REF }] };
  const { planChecksum } = await createPlan(ctx, requester, input);
  const { number } = await createPromotion(ctx, requester, { ...input, planChecksum, reason });
  await decidePromotion(ctx, reviewer, { number, decision: 'approve', planChecksum, comment: '' });
  for (;;) {
    const promotion = await getPromotion(ctx, requester, number);
    if (TERMINAL.has(promotion.state)) return promotion;
    await pause(100);
  }
}

/** From claimed to done; throws where the run did not get there. */
function readRunSeconds(promotion: PromotionDto, steps: StepSeconds): number {
  const run = promotion.runs.at(-1);
  if (promotion.state !== 'published' || !run?.startedAt || !run.endedAt) {
    throw new Error(`#${promotion.number} ended ${promotion.state}: ${run?.error?.message ?? 'no run'}`);
  }
  for (const { name, startedAt, endedAt } of run.steps) {
    if (startedAt === null || endedAt === null) continue;
    steps.set(name, [...(steps.get(name) ?? []), secondsBetween(startedAt, endedAt)]);
  }
  return secondsBetween(run.startedAt, run.endedAt);
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}

/** Moves the source's ref as a build would, and its summary with it. */
function setHead(source: BenchSource, checksum: string): void {
  source.setHead(checksum);
  ostree('summary', '-u', `--repo=${source.path}`);
}

async function stop({ ctx, processes }: Bench): Promise<void> {
  for (const child of processes) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await ctx.db.$disconnect();
}
