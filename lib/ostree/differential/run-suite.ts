import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openRepo, type Repo } from '../repo/open-repo';
import { checkFsck } from './check-fsck';
import { checkObjects } from './check-objects';
import { checkPrune } from './check-prune';
import { checkDiffs, checkHistory, checkRefs, checkRevs, checkTrees } from './check-reading';
import { checkSignatures, makeTestKey, type TestKey } from './check-signatures';
import { checkSummary } from './check-summary';
import { checkCommit, checkInit, checkPull, checkRecommit } from './check-writing';
import { inContext } from './in-context';
import { type MadeRepo, makeRepo } from './make-repo';
import { CHECK_NAMES, type CheckName, type RepoPlan, repoArbitrary } from './repo-plan';

type Check = (made: MadeRepo, repo: Repo, key: TestKey) => void | Promise<void>;

const CHECKS: Readonly<Record<CheckName, Check>> = {
  init: checkInit,
  refs: checkRefs,
  revs: checkRevs,
  history: checkHistory,
  trees: checkTrees,
  diffs: checkDiffs,
  objects: checkObjects,
  commit: checkCommit,
  pull: checkPull,
  recommit: checkRecommit,
  summary: checkSummary,
  signatures: (made, _repo, key) => checkSignatures(made, key),
  damage: checkFsck,
  prune: checkPrune,
};

export interface SuiteOptions {
  /** Repositories to make. `TREELINE_DIFFERENTIAL_RUNS` wins over it. */
  readonly runs: number;
  /** Which repositories; `TREELINE_DIFFERENTIAL_SEED` wins over it, and `random` there makes others each time. */
  readonly seed: number;
  /** Makes one in so many checks of each repository, which of them by chance; all by default. */
  readonly oneIn?: number;
  /** Called with each repository after its checks. */
  readonly alsoCheck?: (made: MadeRepo) => void | Promise<void>;
}

/** How often each check was made. */
export type SuiteCounts = Record<CheckName, number>;

/** Once something has failed, smaller repositories are looked for only so long. */
const SHRINK_MILLISECONDS = 30_000;

/**
 * Makes random repositories with the real `ostree` and lets each check compare the two programs on them.
 * `TREELINE_DIFFERENTIAL_SEED`, and `TREELINE_DIFFERENTIAL_PATH` from a failure's report, make a run again.
 * @throws the first failure, with the plan of a repository that shows it
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteCounts> {
  const wanted = process.env.TREELINE_DIFFERENTIAL_SEED ?? options.seed;
  const seed = wanted === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wanted);
  const runs = Number(process.env.TREELINE_DIFFERENTIAL_RUNS ?? options.runs);
  const path = process.env.TREELINE_DIFFERENTIAL_PATH;
  console.info(`differential suite: ${runs} repositories, TREELINE_DIFFERENTIAL_SEED=${seed}`);
  const counts = Object.fromEntries(CHECK_NAMES.map((name) => [name, 0])) as SuiteCounts;
  const key = await makeTestKey();
  let failedAt = Number.POSITIVE_INFINITY;
  const property = fc.asyncProperty(repoArbitrary, async (plan) => {
    if (Date.now() - failedAt > SHRINK_MILLISECONDS) return;
    try {
      await checkOne(plan, key, counts, options);
    } catch (error) {
      failedAt = Math.min(failedAt, Date.now());
      throw error;
    }
  });
  try {
    await fc.assert(property, { seed, numRuns: runs, ...(path !== undefined && { path }) });
  } finally {
    key.remove();
  }
  return counts;
}

async function checkOne(
  plan: RepoPlan,
  key: TestKey,
  counts: SuiteCounts,
  { oneIn = 1, alsoCheck }: SuiteOptions,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'differential-'));
  try {
    const made = makeRepo(folder, plan);
    const repo = openRepo(made.path);
    try {
      const [offset = 0] = plan.choices;
      const checks = plan.checks.filter((_, at) => (at + offset) % oneIn === 0);
      for (const name of checks) {
        await inContext(`check ${name}`, () => CHECKS[name](made, repo, key));
        counts[name]++;
      }
      await alsoCheck?.(made);
    } finally {
      repo.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
