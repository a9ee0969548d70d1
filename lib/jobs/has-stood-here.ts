import type { Reader } from '../db/client';
import { findFormerHeads } from '../db/former-head';
import type { Checksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { walkHistory } from '../ostree/repo/walk-history';
import { HISTORY_COMMITS_MAX } from '../promotion/commit-identity';

/**
 * Whether a ref of a stage has been at a commit before: it is an ancestor of the head, by what lies in the repository, or a
 * promotion put it there or replaced it there, by what its rows prove.
 */
export async function hasStoodHere(
  db: Reader,
  repo: Repo,
  of: { stageId: string; ref: string; head: Checksum; checksum: Checksum },
): Promise<boolean> {
  let count = 0;
  for (const commit of walkHistory(repo, of.head)) {
    if (commit.checksum === of.checksum) return true;
    count += 1;
    if (count >= HISTORY_COMMITS_MAX) break;
  }
  return (await findFormerHeads(db, of.stageId, of.ref, [of.checksum])).length > 0;
}
