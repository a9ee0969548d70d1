import type { Checksum } from '../format/checksum';
import { type ObjectType, objectPath, parseObjectFileName } from '../format/object-path';
import type { ObjectSet } from '../format/object-set';
import { Breather } from '../repo/breather';
import { type StoredObject, sumSizes } from '../repo/find-own-objects';
import { listDeltas } from '../repo/list-deltas';
import type { Repo } from '../repo/open-repo';
import { hasObject } from '../repo/read-object';
import { findReachable, type ReachOptions } from './find-reachable';
import { asWriteError } from './io-error';
import { lockRepo } from './lock';
import {
  isLeftoverLitter,
  readdirIfThere,
  removeDeltas,
  removeOfType,
  unlinkIfThere,
} from './remove-objects';
import { removeTemporaries } from './sweep-temporaries';
import { syncFanouts } from './sync-fanouts';
import { syncDirectory } from './write-durable-file';

export interface PruneOptions extends ReachOptions {
  /** Finds and counts what would go, and removes nothing. */
  isDryRun?: boolean;
  /** Seconds to wait for the exclusive lock; by default what the repository's config says. */
  lockTimeoutSeconds?: number;
  signal?: AbortSignal;
}

export interface PruneResult {
  /** Objects that were looked at, commits and their trees and files. */
  readonly objects: number;
  readonly prunedCommits: readonly Checksum[];
  readonly prunedObjects: number;
  /** Bytes of the files that went. A file that is linked elsewhere frees its space only with its last link. */
  readonly prunedBytes: bigint;
  /** Of those, bytes of files whose only link was here. */
  readonly freedBytes: bigint;
  /** Static deltas whose target commit went or was gone, by their directory, relative to the root. */
  readonly prunedDeltas: readonly string[];
}

/**
 * Removes every object that no ref (of any kind) and no entry of the served summary leads to. The repository is locked
 * exclusively from before what is reachable is computed to after the last removal, so that nobody who holds the
 * shared lock can have counted on an object that goes. Commits go first, then dirtrees, dirmetas and files,
 * and each kind durably before the next: killed at any instant, it leaves no commit without its tree.
 *
 * @throws AppError `ostree/lock-timeout`, `ostree/object-missing` or `ostree/object-corrupt` where what is reachable
 * can't be known (nothing is removed then), `ostree/aborted`
 * @see libostree `ostree_repo_prune_from_reachable`
 */
export async function prune(repo: Repo, options: PruneOptions = {}): Promise<PruneResult> {
  const { lockTimeoutSeconds: timeoutSeconds, signal } = options;
  const lock = await lockRepo(repo, 'exclusive', { timeoutSeconds, signal });
  try {
    const breather = new Breather(signal);
    const reachable = await findReachable(repo, options, breather);
    const findings = await findDoomed(repo, reachable, breather);
    const { doomed, objects, commitsKept } = findings;
    const deltas = listDoomedDeltas(repo, commitsKept);
    if (!options.isDryRun) {
      removeDeltas(repo, deltas);
      await removeObjects(repo, findings, breather);
      if (lock.isHeld) removeTemporaries(repo);
    }
    return {
      objects,
      prunedCommits: doomed.filter(({ type }) => type === 'commit').map(({ checksum }) => checksum),
      prunedObjects: doomed.length,
      prunedBytes: sumSizes(doomed),
      freedBytes: sumSizes(doomed.filter(({ isLastLink }) => isLastLink)),
      prunedDeltas: deltas,
    };
  } catch (error) {
    throw asWriteError(repo, 'pruning', error);
  } finally {
    lock.release();
  }
}

interface Findings {
  readonly doomed: readonly StoredObject[];
  readonly objects: number;
  readonly commitsKept: ReadonlySet<Checksum>;
  /** Commits that are not here, of which there is still a `.commitmeta`. */
  readonly orphanSignatures: readonly Checksum[];
}

async function findDoomed(repo: Repo, reachable: ObjectSet, breather: Breather): Promise<Findings> {
  const doomed: StoredObject[] = [];
  const commitsKept = new Set<Checksum>();
  const signed: Checksum[] = [];
  let objects = 0;
  for (const fanout of repo.fs.readdir(`${repo.root}/objects`)) {
    if (fanout.type !== 'directory' || !/^[0-9a-f]{2}$/.test(fanout.name)) continue;
    for (const { name } of repo.fs.readdir(`${repo.root}/objects/${fanout.name}`)) {
      const object = parseObjectFileName(fanout.name, name, repo.mode);
      if (object === null || object.type === 'tombstone-commit') continue;
      const { checksum, type } = object;
      if (type === 'commitmeta') {
        signed.push(checksum);
        continue;
      }
      objects++;
      if (breather.isDue()) await breather.breathe();
      if (reachable.has(checksum, type)) {
        if (type === 'commit') commitsKept.add(checksum);
        continue;
      }
      const stat = repo.fs.lstat(`${repo.root}/${objectPath(checksum, type, repo.mode)}`);
      if (stat === null) continue;
      doomed.push({ checksum, type, sizeBytes: stat.sizeBytes, isLastLink: stat.linkCount === 1 });
    }
  }
  const orphanSignatures = signed.filter((checksum) => !hasObject(repo, checksum, 'commit'));
  return { doomed, objects, commitsKept, orphanSignatures };
}

/** Commits before what they need: removal goes the other way round than a pull. */
const REMOVAL_ORDER: readonly ObjectType[] = ['commit', 'dirtree', 'dirmeta', 'file'];

async function removeObjects(
  repo: Repo,
  { doomed, orphanSignatures }: Findings,
  breather: Breather,
): Promise<void> {
  const isLitter = isLeftoverLitter(repo);
  for (const wanted of REMOVAL_ORDER) {
    const touched = new Set<string>();
    for (const checksum of wanted === 'commit' && isLitter ? orphanSignatures : []) {
      unlinkIfThere(repo, objectPath(checksum, 'commitmeta', repo.mode));
      touched.add(checksum.slice(0, 2));
    }
    await removeOfType(repo, doomed, wanted, touched, breather);
    syncFanouts(repo, touched);
    // A marker says "not all there" and so has to outlive its commit, durably.
    if (wanted === 'commit') removeMarkers(repo, doomed, isLitter);
  }
}

/** Of the commits just removed, and of those that are not here at all, where nobody can count on them. */
function removeMarkers(repo: Repo, doomed: readonly StoredObject[], isLitter: boolean): void {
  const removed = new Set(doomed.filter(({ type }) => type === 'commit').map(({ checksum }) => checksum));
  let isAnyGone = false;
  for (const { name } of readdirIfThere(repo, 'state')) {
    const [, commit] = (/^([0-9a-f]{64})\.commitpartial$/.exec(name) as [string, Checksum] | null) ?? [];
    if (commit === undefined) continue;
    if (!removed.has(commit) && !(isLitter && !hasObject(repo, commit, 'commit'))) continue;
    isAnyGone = unlinkIfThere(repo, `state/${name}`) || isAnyGone;
  }
  if (isAnyGone) syncDirectory(repo, `${repo.root}/state`);
}

function listDoomedDeltas(repo: Repo, commitsKept: ReadonlySet<Checksum>): string[] {
  return listDeltas(repo)
    .filter(({ to }) => !commitsKept.has(to))
    .map(({ directory }) => directory);
}
