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
