import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PromotionDto } from '../lib/contracts/promotion';
import { findFreePort } from '../lib/testing/free-port';
import { makeEmpty, PROGRAM } from './commands';
import { type Installation, install, promote } from './installation';
import { type BenchSource, ostree, REF } from './make-repositories';
import { type Comparison, timeSeconds } from './measure';

/** A Treeline without pages: a home, its worker, signer and repo-server, and who asks and who approves. */
interface Bench extends Installation {
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
  const port = await findFreePort();
  const repoUrl = `http://127.0.0.1:${port}`;
  const installation = await install(root, { dev, targets: [target], repoUrl });
  const processes = [['signer'], ['repo-server', `--port=${port}`], ['worker']].map((args) =>
    spawn(process.execPath, [PROGRAM, ...args], {
      env: { ...process.env, ...installation.env, TREELINE_REPO_URL: repoUrl, TREELINE_LOG_LEVEL: 'warn' },
      stdio: ['ignore', 'inherit', 'inherit'],
    }),
  );
  return { ...installation, processes };
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
