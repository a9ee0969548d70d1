import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BenchSource, ostree, REF } from './make-repositories';
import { type Comparison, timeSeconds } from './measure';

const execute = promisify(execFile);
/** This file is bundled into dist/bench.js, beside the command. */
const PROGRAM = join(import.meta.dirname, 'treeline.js');

/** Runs the built `treeline` command; returns what it printed. */
export async function treeline(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await execute(process.execPath, [PROGRAM, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return stdout;
}

/**
 * A whole pull into an empty repository, each way by its own command, process start included: trusting the
 * source's objects, or hashing each (`ostree pull-local --untrusted`).
 */
export async function comparePull(
  folder: string,
  source: BenchSource,
  { isVerified, runs }: { isVerified: boolean; runs: number },
): Promise<Comparison> {
  const what = isVerified ? 'pull everything, hash each object' : 'pull everything';
  const times: Comparison = { what, treeline: [], ostree: [] };
  for (let index = 0; index <= runs; index++) {
    const ours = makeEmpty(folder, 'pull-treeline');
    const theirs = makeEmpty(folder, 'pull-ostree');
    const trusted = isVerified ? [] : ['--no-verify-objects'];
    const untrusted = isVerified ? ['--untrusted'] : [];
    const mine = await timeSeconds(() =>
      treeline(['repo', 'pull', `--repo=${ours}`, ...trusted, source.path, REF]),
    );
    const other = await timeSeconds(() =>
      ostree('pull-local', `--repo=${theirs}`, ...untrusted, source.path, REF),
    );
    if (ostree('rev-parse', `--repo=${ours}`, REF) !== ostree('rev-parse', `--repo=${theirs}`, REF)) {
      throw new Error('the two pulls ended at different commits');
    }
    keep(times, index, mine, other);
  }
  return times;
}

/** The first commit against the last. */
export async function compareDiff(source: BenchSource, runs: number): Promise<Comparison> {
  const times: Comparison = { what: 'diff two commits', treeline: [], ostree: [] };
  const [from, to] = [source.checksums[0] ?? '', source.checksums.at(-1) ?? ''];
  for (let index = 0; index <= runs; index++) {
    const mine = await timeSeconds(() => treeline(['repo', 'diff', `--repo=${source.path}`, from, to]));
    const other = await timeSeconds(() => ostree('diff', `--repo=${source.path}`, from, to));
    keep(times, index, mine, other);
  }
  return times;
}

/** The first round only warms caches. */
function keep(times: Comparison, index: number, treelineSeconds: number, ostreeSeconds: number): void {
  if (index === 0) return;
  times.treeline.push(treelineSeconds);
  times.ostree.push(ostreeSeconds);
}

/** An empty archive repository under `folder`, in place of one that is there. */
export function makeEmpty(folder: string, name: string): string {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  ostree('init', `--repo=${path}`, '--mode=archive');
  return path;
}
