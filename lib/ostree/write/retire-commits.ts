import { constants } from 'node:fs';
import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { Breather } from '../repo/breather';
import { findOwnObjects, type OwnObjects, sumSizes } from '../repo/find-own-objects';
import { findUnneededCommits } from '../repo/find-unneeded-commits';
import { listDeltas } from '../repo/list-deltas';
import type { Repo } from '../repo/open-repo';
import { hasObject } from '../repo/read-object';
import { asWriteError } from './io-error';
import { lockRepo } from './lock';
import { isLeftoverLitter, removeDeltas, removeOfType, unlinkIfThere } from './remove-objects';
import { syncFanouts } from './sync-fanouts';
import { syncDirectory } from './write-durable-file';

export interface RetireOptions {
  /** Commits that are to go, as far as nothing needs them. No other commit loses anything. */
  commits: Iterable<Checksum>;
  /** Commits that stay whatever refs say, each with its history. */
  roots?: Iterable<Checksum>;
  /** Called under the lock before anything changes, with what goes; where it throws, all stays. */
  onBegin?: (going: RetireResult) => Promise<void>;
  /** Called before each kind of object goes; throws where it is no longer the caller's to do. */
  assertMayRemove?: () => void;
  /** Seconds to wait for the exclusive lock; by default what the repository's config says. */
  lockTimeoutSeconds?: number;
  signal?: AbortSignal;
}

export interface RetireResult {
  /** Commits that went now, and how many of those asked for stay since something needs them. */
  readonly commits: readonly Checksum[];
  readonly kept: number;
  readonly objects: number;
  /** Bytes of the files that went, and of those whose only link was here. */
  readonly bytes: bigint;
  readonly freedBytes: bigint;
  /** Static deltas that led to commits that went, by their directory. */
  readonly deltas: readonly string[];
}

/**
 * Deletes commits with all that no other commit of the repository needs, those that no ref leads to among the others. Commits
 * that a ref of any kind, the served summary or a root leads to stay. The repository is locked exclusively meanwhile.
 *
 * The other way round than a pull: marked as partial, durably, then deltas, files, dirmetas, dirtrees with parents last, and the
 * commits, each kind durably before the next; then the marks. Killed at any instant every commit without a mark is whole, and
 * doing it again finds the rest.
 *
 * @throws AppError `ostree/lock-timeout`; as findUnneededCommits and findOwnObjects, before anything has gone; what `onBegin` and
 *   `assertMayRemove` throw; `ostree/io-failed`; `ostree/aborted`
 */
export async function retireCommits(repo: Repo, options: RetireOptions): Promise<RetireResult> {
  const { roots, signal, lockTimeoutSeconds } = options;
  const lock = await lockRepo(repo, 'exclusive', { timeoutSeconds: lockTimeoutSeconds, signal });
  try {
    const breather = new Breather(signal);
    const asked = [...options.commits];
    const { commits, needed } = await findUnneededCommits(repo, asked, { roots }, breather);
    const going = new Set(commits);
    // It never gives up without a limit of time.
    const objects = going.size === 0 ? [] : ((await findOwnObjects(repo, going, breather)) as OwnObjects);
    const deltas = listDeltas(repo)
      .filter(({ to }) => going.has(to))
      .map(({ directory }) => directory);
    const result: RetireResult = {
      commits,
      kept: needed,
      objects: objects.length,
      bytes: sumSizes(objects),
      freedBytes: sumSizes(objects.filter(({ isLastLink }) => isLastLink)),
      deltas,
    };
    await options.onBegin?.(result);
    if (commits.length > 0) {
      options.assertMayRemove?.();
      markRetiring(repo, commits);
      removeDeltas(repo, deltas);
      await removeOwn(repo, objects, options, breather);
    }
    // What is not here any more may have left its mark when this was killed.
    if (isLeftoverLitter(repo))
      removeMarks(
        repo,
        asked.filter((commit) => !hasObject(repo, commit, 'commit')),
      );
    else removeMarks(repo, commits);
    return result;
  } catch (error) {
    throw asWriteError(repo, 'deleting commits from', error);
  } finally {
    lock.release();
  }
}

/** "Not all there", before the first of it goes. No ref leads to them. */
function markRetiring(repo: Repo, commits: readonly Checksum[]): void {
  try {
    repo.fs.mkdir(`${repo.root}/state`, 0o777);
    syncDirectory(repo, repo.root);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  const { O_WRONLY, O_CREAT } = constants;
  for (const commit of commits) {
    repo.fs.close(repo.fs.open(`${repo.root}/${markOf(commit)}`, O_WRONLY | O_CREAT, 0o644));
  }
  syncDirectory(repo, `${repo.root}/state`);
}

async function removeOwn(
  repo: Repo,
  objects: OwnObjects,
  { assertMayRemove }: RetireOptions,
  breather: Breather,
): Promise<void> {
  for (const wanted of ['file', 'dirmeta', 'dirtree', 'commit'] as const) {
    assertMayRemove?.();
    const touched = new Set<string>();
    await removeOfType(repo, objects, wanted, touched, breather);
    syncFanouts(repo, touched);
  }
}

/** A mark outlives its commit, durably. */
function removeMarks(repo: Repo, commits: readonly Checksum[]): void {
  const isAnyGone = commits.map((commit) => unlinkIfThere(repo, markOf(commit))).includes(true);
  if (isAnyGone) syncDirectory(repo, `${repo.root}/state`);
}

function markOf(commit: Checksum): string {
  return `state/${commit}.commitpartial`;
}
