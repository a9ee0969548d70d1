import type { Repo } from '../ostree/repo/open-repo';
import type { Commit } from '../ostree/repo/read-commit';
import { walkHistory } from '../ostree/repo/walk-history';
import type { RefMove } from './run-scope';

/** How far back a history is looked at, as when the plan was made. */
const historyCommitsMax = 1000;

/**
 * Whether what is replaced is among the ancestors of the source commit, by checksum, or in mode `recommit`, where commits
 * are made anew, by content checksum.
 */
export function followsFrom(
  source: Repo,
  move: Pick<RefMove, 'source'>,
  replaced: Pick<Commit, 'checksum' | 'contentChecksum'> | null,
  mode: 'identity' | 'recommit',
): boolean {
  if (replaced === null) return true;
  let count = 0;
  for (const commit of walkHistory(source, move.source)) {
    const isIt =
      mode === 'identity'
        ? commit.checksum === replaced.checksum
        : commit.contentChecksum === replaced.contentChecksum;
    if (isIt) return true;
    count += 1;
    if (count >= historyCommitsMax) return false;
  }
  return false;
}
