import type { Repo } from '../ostree/repo/open-repo';
import type { Commit } from '../ostree/repo/read-commit';
import { walkHistory } from '../ostree/repo/walk-history';
import { distanceToHead, HISTORY_COMMITS_MAX } from '../promotion/commit-identity';
import type { RefMove } from './run-scope';

/** Both ends of an edge, and how commits go along it. */
export interface Ends {
  source: Repo;
  target: Repo;
  mode: 'identity' | 'recommit';
}

/**
 * Whether what is replaced is among the ancestors of the source commit, by checksum, or in mode `recommit`, where commits
 * are made anew, by content checksum; or was rolled forward to a tree of one of them.
 */
export function followsFrom(
  { source, target, mode }: Ends,
  move: Pick<RefMove, 'source'>,
  replaced: Pick<Commit, 'checksum'> | null,
): boolean {
  if (replaced === null) return true;
  const history = firstOf(walkHistory(source, move.source));
  return distanceToHead(mode, history, () => firstOf(walkHistory(target, replaced.checksum))) !== null;
}

function* firstOf(history: Iterable<Commit>): Generator<Commit> {
  let count = 0;
  for (const commit of history) {
    yield commit;
    count += 1;
    if (count >= HISTORY_COMMITS_MAX) return;
  }
}
