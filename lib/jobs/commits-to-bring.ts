import type { Checksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { commitState } from '../ostree/repo/read-commit';
import { walkHistory } from '../ostree/repo/walk-history';

/** How far back the head that is replaced is looked for. */
const historyCommitsMax = 100_000;

/**
 * The commits that come with `head`: itself and its history back to the target's head, which stays out. Where that
 * head is none of its ancestors, or there is none, or a commit in between is not whole, it comes alone: nobody
 * has looked at what lies behind it.
 *
 * @returns newest first
 */
export function listCommitsToBring(repo: Repo, head: Checksum, replaced: Checksum | null): Checksum[] {
  if (replaced === null) return [head];
  const commits: Checksum[] = [];
  for (const { checksum } of walkHistory(repo, head)) {
    if (checksum === replaced) return commits;
    if (checksum !== head && commitState(repo, checksum) !== 'complete') break;
    commits.push(checksum);
    if (commits.length >= historyCommitsMax) break;
  }
  return [head];
}
