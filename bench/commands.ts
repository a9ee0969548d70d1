import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openRepo, pullRevs } from '../lib/ostree';
import { type BenchSource, ostree, REF } from './make-repositories';
import { type Comparison, type Goal, timeSeconds } from './measure';

const execute = promisify(execFile);
/** This file is bundled into dist/bench.mjs, beside the command. */
export const PROGRAM = join(import.meta.dirname, 'treeline.js');

/** Runs the built `treeline` command; returns what it printed. */
export async function treeline(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execute(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return stdout;
}

export interface Contest {
  what: string;
  goal?: Goal;
  runs: number;
  /** Done before each measured piece of work, and not counted. */
  prepare?: () => void;
  ours: () => unknown;
  theirs: () => unknown;
  /** Throws where the two did not come to the same. */
  check?: () => void;
}

/** Both ways in turn, `runs` times after a round that warms caches. */
export async function compare({
  what,
  goal,
  runs,
  prepare,
  ours,
  theirs,
  check,
}: Contest): Promise<Comparison> {
  const times: Comparison = { what, goal, treeline: [], ostree: [] };
  for (let index = 0; index <= runs; index++) {
    prepare?.();
    const mine = await timeSeconds(ours);
    const other = await timeSeconds(theirs);
    check?.();
    if (index === 0) continue;
    times.treeline.push(mine);
    times.ostree.push(other);
  }
  return times;
}

/** An empty archive repository under `folder`, in place of one that is there. */
export function makeEmpty(folder: string, name: string): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  ostree('init', `--repo=${path}`, '--mode=archive');
  return path;
}

function assertSameHead(...repos: string[]): void {
  const heads = repos.map((repo) => ostree('rev-parse', `--repo=${repo}`, REF));
  if (new Set(heads).size !== 1) throw new Error(`they ended at different commits: ${heads.join(', ')}`);
}

/** Pulls into an empty repository, each way by its own command, process start included. */
export async function compareFullPulls(
  folder: string,
  source: BenchSource,
  runs: number,
): Promise<Comparison[]> {
  const [ours, theirs, copy] = ['pull-treeline', 'pull-ostree', 'copy'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const prepare = () => {
    for (const name of ['pull-treeline', 'pull-ostree']) makeEmpty(folder, name);
    rmSync(copy, { recursive: true, force: true });
    mkdirSync(copy);
  };
  const pull = (...options: string[]) =>
    treeline(['repo', 'pull', `--repo=${ours}`, ...options, source.path, REF]);
  const pullLocal = (...options: string[]) =>
    ostree('pull-local', `--repo=${theirs}`, ...options, source.path, REF);
  const check = () => assertSameHead(ours, theirs);
  const contests: Contest[] = [
    {
      what: 'full pull, no hashing',
      goal: { ratioMax: 0.4 },
      ours: () => pull('--no-verify-objects'),
      theirs: () => pullLocal(),
      check,
      prepare,
      runs,
    },
    {
      what: 'full pull, no hashing, beside cp -al',
      goal: { ratioMax: 1.25 },
      ours: () => pull('--no-verify-objects'),
      theirs: () => execFileSync('cp', ['-al', join(source.path, 'objects'), copy]),
      prepare,
      runs,
    },
    {
      what: 'full pull, each object hashed',
      goal: { ratioMax: 0.45 },
      ours: () => pull(),
      theirs: () => pullLocal('--untrusted'),
      check,
      prepare,
      runs,
    },
  ];
  const rows: Comparison[] = [];
  for (const contest of contests) rows.push(await compare(contest));
  prepare();
  return rows;
}

/** One change after the other pulled into two repositories that have the first commit. */
export async function compareChanges(folder: string, source: BenchSource): Promise<Comparison[]> {
  const names = ['change-process', 'change-running', 'change-ostree'] as const;
  const [ours, running, theirs] = names.map((name) => makeEmpty(folder, name)) as [string, string, string];
  const [first = '', ...later] = source.checksums;
  for (const repo of [ours, running, theirs]) {
    ostree('pull-local', `--repo=${repo}`, source.path, first);
    ostree('refs', `--repo=${repo}`, `--create=${REF}`, first);
  }
  const process: Comparison = {
    what: '100 changed files, whole process',
    goal: { ratioMax: 0.2 },
    treeline: [],
    ostree: [],
  };
  const inside: Comparison = {
    what: '100 changed files, in a running process',
    goal: { ratioMax: 0.05 },
    treeline: [],
    ostree: [],
  };
  for (const [index, checksum] of later.entries()) {
    source.setHead(checksum);
    const seconds = [
      await timeSeconds(() =>
        treeline(['repo', 'pull', `--repo=${ours}`, '--no-verify-objects', source.path, REF]),
      ),
      await timeSeconds(() => pullHere(source.path, running)),
      await timeSeconds(() => ostree('pull-local', `--repo=${theirs}`, source.path, REF)),
    ] as const;
    assertSameHead(ours, running, theirs);
    if (index === 0) continue;
    process.treeline.push(seconds[0]);
    inside.treeline.push(seconds[1]);
    for (const row of [process, inside]) row.ostree.push(seconds[2]);
  }
  return [process, inside];
}

/** As a worker pulls, each new object hashed. */
async function pullHere(from: string, to: string): Promise<void> {
  const [source, target] = [openRepo(from), openRepo(to)];
  try {
    await pullRevs(source, target, [REF]);
  } finally {
    source.close();
    target.close();
  }
}

/** Reading and committing, each way by its own command. */
export async function compareTrees(folder: string, source: BenchSource, runs: number): Promise<Comparison[]> {
  const [from, to] = [source.checksums[0] ?? '', source.checksums.at(-1) ?? ''];
  const [ours, theirs] = [join(folder, 'commit-treeline'), join(folder, 'commit-ostree')];
  const timestamp = '2026-01-01T00:00:00Z';
  return [
    await compare({
      what: 'diff of two commits',
      goal: { ratioMax: 0.25 },
      ours: () => treeline(['repo', 'diff', `--repo=${source.path}`, from, to]),
      theirs: () => ostree('diff', `--repo=${source.path}`, from, to),
      runs,
    }),
    await compare({
      what: 'fsck',
      goal: { ratioMax: 0.5 },
      ours: () => treeline(['repo', 'fsck', `--repo=${source.path}`]),
      theirs: () => ostree('fsck', '--quiet', `--repo=${source.path}`),
      runs,
    }),
    await compare({
      what: 'commit',
      goal: { ratioMax: 0.7 },
      prepare: () => {
        for (const name of ['commit-treeline', 'commit-ostree']) makeEmpty(folder, name);
      },
      ours: () =>
        treeline([
          'repo',
          'commit',
          `--repo=${ours}`,
          `--ref=${REF}`,
          `--tree=${source.tree}`,
          `--timestamp=${timestamp}`,
        ]),
      theirs: () =>
        ostree(
          'commit',
          `--repo=${theirs}`,
          `--branch=${REF}`,
          `--tree=dir=${source.tree}`,
          `--timestamp=${timestamp}`,
        ),
      check: () => assertSameHead(ours, theirs),
      runs,
    }),
  ];
}
