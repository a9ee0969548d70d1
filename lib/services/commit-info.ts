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
  const known = knownInfo(ctx, checksum);
  if (known) return known;
  const { parent, timestamp, subject, version, contentChecksum } = readCommit(repo, checksum);
  const info = { checksum, parent, timestamp, subject, version, contentChecksum };
  ctx.cache.set(infoKey(checksum), info);
  return info;
}

function knownInfo(ctx: ServiceContext, checksum: Checksum): CommitInfo | undefined {
  return ctx.cache.get<CommitInfo>(infoKey(checksum));
}

const infoKey = (checksum: Checksum) => `commit:${checksum}`;

/**
 * The commit `head` and its ancestors as far as they are in this repository, newest first, at most
 * HISTORY_COMMITS_MAX.
 *
 * @param mayBeGone commits that were read before are taken for there: for whoever only asks which are ancestors
 */
export function* historyOf(
  ctx: ServiceContext,
  repo: Repo,
  head: Checksum,
  { mayBeGone = false }: { mayBeGone?: boolean } = {},
): Generator<CommitInfo> {
  let at: Checksum | null = head;
  for (let count = 0; at !== null && count < HISTORY_COMMITS_MAX; count++) {
    const isTaken = count === 0 || (mayBeGone && knownInfo(ctx, at) !== undefined);
    if (!isTaken && !hasObject(repo, at, 'commit')) return;
    const info: CommitInfo = commitInfo(ctx, repo, at);
    yield info;
    at = info.parent;
  }
}
