import type { Checksum } from '../format/checksum';
import { type ObjectType, objectPath } from '../format/object-path';
import type { Breather } from './breather';
import { commitsBeginningWith } from './commits-beginning-with';
import type { Repo } from './open-repo';
import { commitState, readCommit } from './read-commit';
import { hasObject, readDirtree } from './read-object';

/** An object as it lies in a repository. */
export interface StoredObject {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  readonly sizeBytes: number;
  /** No other file shares its bytes: they are freed with it. */
  readonly isLastLink: boolean;
}

/** Bytes of all of them together. */
export function sumSizes(objects: readonly StoredObject[]): bigint {
  return objects.reduce((sum, { sizeBytes }) => sum + BigInt(sizeBytes), 0n);
}

/** Files, then dirmetas, then dirtrees with each after all that it names, then the commits. */
export type OwnObjects = readonly StoredObject[];

/** The tree of some commits: what it holds, dirtrees with children before parents. */
interface Holdings {
  files: Set<Checksum>;
  dirmetas: Set<Checksum>;
  dirtrees: Set<Checksum>;
}

/**
 * The objects that only these commits need: they themselves, and what their trees hold that the tree of no other commit in the
 * repository holds, whether a ref leads to it or not. What belongs to no commit at all is not among them. Changes nothing.
 *
 * @param millisecondsMax gives up after so long
 * @returns in an order in which they may go, so that what is left is always found again from the commits; null where it gave up
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt` where a commit that is not marked as partial lacks a dirtree:
 *   what the others need is then not known; `ostree/aborted`
 */
export async function findOwnObjects(
  repo: Repo,
  commits: ReadonlySet<Checksum>,
  breather: Breather,
  millisecondsMax = Number.POSITIVE_INFINITY,
): Promise<OwnObjects | null> {
  const endsAt = performance.now() + millisecondsMax;
  const walk = new TreeWalk(repo, async () => {
    if (breather.isDue()) await breather.breathe();
    return performance.now() < endsAt;
  });
  const own: Holdings = { files: new Set(), dirmetas: new Set(), dirtrees: new Set() };
  for (const commit of commits) {
    if (!(await walk.add(commit, own))) return null;
  }
  const others: Pick<Holdings, 'dirtrees'> = { dirtrees: new Set() };
  for (const commit of commitsBeginningWith(repo, '')) {
    if (commits.has(commit)) continue;
    if (!(await walk.subtract(commit, own, others.dirtrees))) return null;
  }
  const objects: StoredObject[] = [];
  for (const [type, checksums] of [
    ['file', own.files],
    ['dirmeta', own.dirmetas],
    ['dirtree', own.dirtrees],
    ['commit', commits],
  ] as const) {
    for (const checksum of checksums) {
      const stat = repo.fs.lstat(`${repo.root}/${objectPath(checksum, type, repo.mode)}`);
      if (stat !== null) {
        objects.push({ checksum, type, sizeBytes: stat.sizeBytes, isLastLink: stat.linkCount === 1 });
      }
      if (breather.isDue()) await breather.breathe();
    }
  }
  return objects;
}

/** Goes through trees, each dirtree once a walk, without recursion. */
class TreeWalk {
  constructor(
    private readonly repo: Repo,
    /** Called at each dirtree; false ends the walk. */
    private readonly goOn: () => Promise<boolean>,
  ) {}

  /** Adds all that the tree of a commit holds; the dirtrees children first. @returns whether it got to the end */
  async add(checksum: Checksum, to: Holdings): Promise<boolean> {
    const commit = readCommit(this.repo, checksum);
    const isPartial = commitState(this.repo, checksum) === 'partial';
    to.dirmetas.add(commit.rootDirmeta);
    const pending: { dirtree: Checksum; isEntered: boolean }[] = [
      { dirtree: commit.rootDirtree, isEntered: false },
    ];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { dirtree, isEntered } = next;
      if (to.dirtrees.has(dirtree)) continue;
      if (isEntered) {
        to.dirtrees.add(dirtree);
        continue;
      }
      if (!(await this.goOn())) return false;
      if (isPartial && !hasObject(this.repo, dirtree, 'dirtree')) continue;
      pending.push({ dirtree, isEntered: true });
      const { files, dirs } = readDirtree(this.repo, dirtree);
      for (const file of files) to.files.add(file.checksum);
      for (const dir of dirs) {
        to.dirmetas.add(dir.dirmeta);
        pending.push({ dirtree: dir.dirtree, isEntered: false });
      }
    }
    return true;
  }

  /** Takes out all that the tree of a commit holds. `seen`: dirtrees that were gone through before. */
  async subtract(checksum: Checksum, from: Holdings, seen: Set<Checksum>): Promise<boolean> {
    const commit = readCommit(this.repo, checksum);
    const isPartial = commitState(this.repo, checksum) === 'partial';
    from.dirmetas.delete(commit.rootDirmeta);
    const pending = [commit.rootDirtree];
    for (let dirtree = pending.pop(); dirtree !== undefined; dirtree = pending.pop()) {
      if (seen.has(dirtree)) continue;
      if (!(await this.goOn())) return false;
      if (isPartial && !hasObject(this.repo, dirtree, 'dirtree')) continue;
      seen.add(dirtree);
      from.dirtrees.delete(dirtree);
      const { files, dirs } = readDirtree(this.repo, dirtree);
      for (const file of files) from.files.delete(file.checksum);
      for (const dir of dirs) {
        from.dirmetas.delete(dir.dirmeta);
        pending.push(dir.dirtree);
      }
    }
    return true;
  }
}
