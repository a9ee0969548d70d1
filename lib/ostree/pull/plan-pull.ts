import type { Checksum } from '../format/checksum';
import type { ParsedCommit } from '../format/commit';
import { listRefs } from '../repo/list-refs';
import type { Repo } from '../repo/open-repo';
import { type Commit, commitState, readCommit } from '../repo/read-commit';
import { type HistoryOptions, listCommitsToPull } from './list-commits';
import { type PaceOptions, Pacer } from './pacer';
import { type BaseTree, type NeededObjects, noNeededObjects, walkTree } from './walk-tree';

/** A commit that is not in the source: its tree is, and the pull writes it. */
export interface CommitToWrite {
  readonly checksum: Checksum;
  readonly bytes: Uint8Array;
  readonly commit: Pick<ParsedCommit, 'rootDirtree' | 'rootDirmeta'>;
}

export interface PullRequest extends HistoryOptions {
  commits: readonly Checksum[];
  /**
   * Heads of the target whose whole tree may be taken as present and good; those that carry a partial mark are passed
   * over. By default all unmarked heads of the target's own refs.
   */
  trustedHeads?: readonly Checksum[];
  /** Walks and checks everything, whatever the target has. */
  isFull?: boolean;
  /** Commits to make in the target on trees of the source. */
  commitsToWrite?: readonly CommitToWrite[];
}

export interface PullPlan {
  /** Oldest first; those that are linked, then those that are written. */
  readonly commits: readonly Commit[];
  readonly commitsToWrite: readonly CommitToWrite[];
  readonly needed: NeededObjects;
  /** A commit here carries a partial mark in the target: everything is to be hashed before the mark may go. */
  readonly mustVerify: boolean;
}

/** How many heads a tree is compared with where the caller names none; more would cost more than they save. */
const DEFAULT_HEADS_MAX = 8;

/**
 * Works out what a pull has to bring, by reading both repositories; nothing is written. Both should be locked, or the
 * answer may be out of date when it is given.
 *
 * @throws AppError `ostree/object-missing`, `ostree/commit-partial`,
 * `ostree/object-corrupt`, `ostree/aborted`
 */
export async function planPull(
  source: Repo,
  target: Repo,
  request: PullRequest,
  options: PaceOptions = {},
): Promise<PullPlan> {
  const pacer = new Pacer(options);
  pacer.begin('walk', 0);
  const wanted = listCommitsToPull(source, request.commits, request);
  const commitsToWrite = request.commitsToWrite ?? [];
  const mustVerify = [...wanted, ...commitsToWrite].some(({ checksum }) => isMarked(target, checksum));
  const isFull = request.isFull === true || mustVerify;
  const trusted = isFull ? [] : readTrustedHeads(target, request.trustedHeads);
  const heads = new Set(trusted.map(({ checksum }) => checksum));
  const bases: BaseTree[] = trusted.map((commit) => baseOf(target, commit));
  const needed = noNeededObjects();
  const commits = wanted.filter(({ checksum }) => !heads.has(checksum));
  let previous: BaseTree[] = [];
  for (const commit of [...commits, ...commitsToWrite.map((one) => one.commit)]) {
    // What was walked just before comes along in this very pull, so it is as good as a head.
    await walkTree(source, commit, [...previous, ...bases], needed, pacer);
    previous = [baseOf(source, commit)];
  }
  return { commits, commitsToWrite, needed, mustVerify };
}

function baseOf(repo: Repo, commit: Pick<ParsedCommit, 'rootDirtree' | 'rootDirmeta'>): BaseTree {
  return { repo, rootDirtree: commit.rootDirtree, rootDirmeta: commit.rootDirmeta };
}

/** Whether the target has a partial mark for the commit, with or without the commit itself. */
export function isMarked(target: Repo, checksum: Checksum): boolean {
  return target.fs.lstat(`${target.root}/state/${checksum}.commitpartial`) !== null;
}

/** The named heads of the target, by default those of its own refs, that are there without a mark. */
export function readTrustedHeads(target: Repo, named: readonly Checksum[] | undefined): Commit[] {
  const heads = named ?? listRefs(target).map(({ checksum }) => checksum);
  const whole = [...new Set(heads)].filter((checksum) => commitState(target, checksum) === 'complete');
  return whole
    .slice(0, named === undefined ? DEFAULT_HEADS_MAX : whole.length)
    .map((head) => readCommit(target, head));
}
