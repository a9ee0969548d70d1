import type { Checksum } from '../format/checksum';
import type { ObjectBatch } from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import { type LockOptions, lockRepos, type RepoLock } from '../write/lock';
import { sweepTemporaries } from '../write/sweep-temporaries';
import { type ApplyOptions, applyPull, type PullResult } from './apply-pull';
import { canLink } from './can-link';
import { countMissing } from './free-space';
import { eachBatch } from './object-list';
import type { PaceOptions } from './pacer';
import { type PullRequest, planPull } from './plan-pull';

export type PullOptions = PullRequest & ApplyOptions;

/**
 * Brings commits with everything below them from one repository to another on the same machine. No ref is written.
 * The caller holds the shared lock of both repositories, or uses pullWithLocks.
 *
 * @throws AppError as planPull and applyPull
 */
export async function pull(source: Repo, target: Repo, options: PullOptions): Promise<PullResult> {
  return applyPull(source, target, await planPull(source, target, options, options), options);
}

/** As pull, taking and releasing the locks itself. */
export async function pullWithLocks(
  source: Repo,
  target: Repo,
  options: PullOptions & LockOptions,
): Promise<PullResult> {
  const lock = await lockForPull(source, target, options);
  try {
    return await pull(source, target, options);
  } finally {
    lock.release();
  }
}

/**
 * The shared locks that a pull needs: of source and target, and of the repositories that they keep objects in. What killed
 * pulls have left in the target is removed first.
 */
export function lockForPull(source: Repo, target: Repo, options: LockOptions): Promise<RepoLock> {
  sweepTemporaries(target);
  const repos: Repo[] = [];
  for (const repo of [source, target])
    for (let at: Repo | null = repo; at !== null; at = at.parent) repos.push(at);
  return lockRepos(
    repos.map((repo) => ({ repo, kind: 'shared' as const })),
    options,
  );
}

export interface PullEstimate {
  /** Objects that the target does not have, commits among them. */
  newObjects: number;
  /** Their size as stored, in bytes. */
  newBytes: number;
  /** Commits that would come, oldest first. */
  commits: Checksum[];
  /** false where every object would have to be copied. */
  willLink: boolean;
}

/** What a pull would bring, without writing anything; only reads what differs. Throws as planPull. */
export async function countPull(
  source: Repo,
  target: Repo,
  request: PullRequest & Pick<ApplyOptions, 'isolation'>,
  options: PaceOptions = {},
): Promise<PullEstimate> {
  const plan = await planPull(source, target, request, options);
  const commits: ObjectBatch = { type: 'commit', checksums: plan.commits.map(({ checksum }) => checksum) };
  const missing = countMissing(source, target, [...eachBatch(plan.needed), commits]);
  const toWrite = plan.commitsToWrite;
  return {
    newObjects: missing.objects + toWrite.length,
    newBytes: missing.bytes + toWrite.reduce((sum, { bytes }) => sum + bytes.length, 0),
    commits: [...plan.commits, ...toWrite].map(({ checksum }) => checksum),
    willLink: source.mode === target.mode && canLink(source, target, request.isolation),
  };
}
