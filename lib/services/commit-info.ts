import type { Checksum, Commit, Repo } from '../ostree';
import { hasObject, readCommit } from '../ostree';
import { HISTORY_COMMITS_MAX } from '../promotion/commit-identity';
import type { ServiceContext } from './service-context';

/** What lists and histories need of a commit. It follows from the checksum. */
export type CommitInfo = Pick<
  Commit,
  'checksum' | 'parent' | 'timestamp' | 'subject' | 'version' | 'contentChecksum'
>;

/** The commit's outline. @throws AppError `ostree/object-missing`, `ostree/object-corrupt` */
export function commitInfo(ctx: ServiceContext, repo: Repo, checksum: Checksum): CommitInfo {
  const key = `commit:${checksum}`;
  const known = ctx.cache.get<CommitInfo>(key);
  if (known) return known;
  const { parent, timestamp, subject, version, contentChecksum } = readCommit(repo, checksum);
  const info = { checksum, parent, timestamp, subject, version, contentChecksum };
  ctx.cache.set(key, info);
  return info;
}

/**
 * The commit `head` and its ancestors as far as they are in this repository, newest first, at most
 * HISTORY_COMMITS_MAX.
 */
export function* historyOf(ctx: ServiceContext, repo: Repo, head: Checksum): Generator<CommitInfo> {
  let at: Checksum | null = head;
  for (let count = 0; at !== null && count < HISTORY_COMMITS_MAX; count++) {
    if (count > 0 && !hasObject(repo, at, 'commit')) return;
    const info: CommitInfo = commitInfo(ctx, repo, at);
    yield info;
    at = info.parent;
  }
}

/** A history that was followed, as checksums, newest first. */
interface FollowedHistory {
  /** When its oldest part was looked for, in milliseconds. */
  at: number;
  checksums: ReadonlySet<Checksum>;
}

/** A commit that is pruned counts as part of the history for so long. */
const FOLLOWED_MILLISECONDS = 60_000;

/**
 * The checksums that historyOf gives for the head of a stage's ref, in its order: for pages that compare hundreds with it. What
 * was found within the last minute is not looked for again, so that a ref that has moved on costs no more than what is new.
 */
export function followedHistory(
  ctx: ServiceContext,
  repo: Repo,
  { stageId, ref, head }: { stageId: string; ref: string; head: Checksum },
): ReadonlySet<Checksum> {
  const key = `history:${stageId}:${ref}`;
  const now = ctx.clock.now().getTime();
  const kept = ctx.cache.get<FollowedHistory>(key);
  const known = kept && Math.abs(now - kept.at) < FOLLOWED_MILLISECONDS ? kept : null;
  const checksums = new Set<Checksum>();
  for (const { checksum } of historyOf(ctx, repo, head)) {
    if (known?.checksums.has(checksum)) {
      addFrom(checksums, known.checksums, checksum);
      break;
    }
    checksums.add(checksum);
  }
  ctx.cache.set(key, { at: known?.at ?? now, checksums }, Math.ceil(checksums.size / 5));
  return checksums;
}

/** Adds what stands in `older` from `first` on. */
function addFrom(checksums: Set<Checksum>, older: ReadonlySet<Checksum>, first: Checksum): void {
  let isBehind = false;
  for (const checksum of older) {
    isBehind ||= checksum === first;
    if (isBehind && checksums.size < HISTORY_COMMITS_MAX) checksums.add(checksum);
  }
}
