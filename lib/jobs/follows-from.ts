import type { Repo } from '../ostree/repo/open-repo';
import type { Commit } from '../ostree/repo/read-commit';
import { walkHistory } from '../ostree/repo/walk-history';
import { HISTORY_COMMITS_MAX, identityOf } from '../promotion/commit-identity';
import type { RefMove } from './run-scope';

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
    if (identityOf(mode, commit) === identityOf(mode, replaced)) return true;
    count += 1;
    if (count >= HISTORY_COMMITS_MAX) return false;
  }
  return false;
}
