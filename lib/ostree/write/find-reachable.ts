import type { Checksum } from '../format/checksum';
import { ObjectSet } from '../format/object-set';
import type { Breather } from '../repo/breather';
import { listRefs } from '../repo/list-refs';
import type { Repo } from '../repo/open-repo';
import { type Commit, commitState, findCommit } from '../repo/read-commit';
import { hasObject, readDirtree } from '../repo/read-object';
import { readSummary } from '../repo/read-summary';

export interface ReachOptions {
  /** How many parents of each ref's commit are kept; all of them by default and for -1. */
  depth?: number;
  /**
   * In place of `depth`: from each ref's commit on, history is kept as far as it is not older than this, in seconds
   * since 1970. The ref's commit itself stays, however old it is.
   */
  keepYoungerThan?: number;
}

/**
 * Every object that has to stay: what the refs of all kinds lead to, with their history as
 * far as `options` keep it, and what the served summary names. Iterative, each object once.
 *
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt` where a commit that is not marked as partial
 * lacks a dirtree: what is reachable is then not known
 */
export async function findReachable(
  repo: Repo,
  options: ReachOptions,
  breather: Breather,
): Promise<ObjectSet> {
  const reachable = new ObjectSet();
  for (const { checksum } of listRefs(repo, { includeRemotes: true, includeMirrors: true })) {
    await addHistory(repo, checksum, options, reachable, breather);
  }
  for (const checksum of summaryCommits(repo)) await addCommit(repo, checksum, reachable, breather);
  return reachable;
}

function summaryCommits(repo: Repo): Checksum[] {
  const stored = readSummary(repo);
  if (stored === null) return [];
  const { refs, collectionRefs } = stored.summary;
  return [...refs, ...[...collectionRefs.values()].flat()].map(({ checksum }) => checksum);
}

async function addHistory(
  repo: Repo,
  head: Checksum,
  { depth = -1, keepYoungerThan }: ReachOptions,
  reachable: ObjectSet,
  breather: Breather,
): Promise<void> {
  const isKept = (generation: number) => keepYoungerThan !== undefined || depth < 0 || generation <= depth;
  let next: Checksum | null = head;
  for (let generation = 0; next !== null && isKept(generation); generation++) {
    const commit: Commit | null = findCommit(repo, next);
    if (commit === null) return;
    // An old commit ends history even where its parent has a later date (`traverse_keep_younger_than`).
    const isTooOld = keepYoungerThan !== undefined && commit.timestamp < keepYoungerThan;
    if (generation > 0 && isTooOld) return;
    await addCommit(repo, next, reachable, breather);
    if (isTooOld) return;
    next = commit.parent;
  }
}

async function addCommit(
  repo: Repo,
  checksum: Checksum,
  reachable: ObjectSet,
  breather: Breather,
): Promise<void> {
  const commit = findCommit(repo, checksum);
  if (commit === null || !reachable.add(checksum, 'commit')) return;
  reachable.add(commit.rootDirmeta, 'dirmeta');
  const isPartial = commitState(repo, checksum) === 'partial';
  const pending = [commit.rootDirtree];
  for (let dirtree = pending.pop(); dirtree !== undefined; dirtree = pending.pop()) {
    if (reachable.has(dirtree, 'dirtree') || (isPartial && !hasObject(repo, dirtree, 'dirtree'))) continue;
    reachable.add(dirtree, 'dirtree');
    const { files, dirs } = readDirtree(repo, dirtree);
    for (const file of files) reachable.add(file.checksum, 'file');
    for (const dir of dirs) {
      reachable.add(dir.dirmeta, 'dirmeta');
      pending.push(dir.dirtree);
    }
    if (breather.isDue()) await breather.breathe();
  }
}
