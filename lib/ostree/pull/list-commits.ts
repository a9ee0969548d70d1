import { AppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import type { Repo } from '../repo/open-repo';
import { type Commit, commitState, readCommit } from '../repo/read-commit';

export interface HistoryOptions {
  /** How many parents of each commit come along: 0 by default, -1 for all there are. */
  depth?: number;
  /** Parents come along until this is true of one, which stays out. In place of `depth`. */
  historyUntil?: (commit: Checksum) => boolean;
}

/**
 * The commits to bring: those asked for, with their history, each once and before its children. History ends quietly
 * where the source has no parent or a partial one; a commit that was asked for by name must be whole.
 *
 * @throws AppError `ostree/object-missing`, `ostree/commit-partial`, `ostree/object-corrupt`
 */
export function listCommitsToPull(
  source: Repo,
  wanted: readonly Checksum[],
  options: HistoryOptions,
): Commit[] {
  const seen = new Map<Checksum, Commit>();
  const ordered: Commit[] = [];
  for (const checksum of wanted) {
    assertWhole(source, checksum);
    const chain: Commit[] = [];
    let next: Checksum | null = checksum;
    for (let distance = 0; next !== null && isWanted(next, distance, options); distance++) {
      if (distance > 0 && commitState(source, next) !== 'complete') break;
      const known = seen.get(next);
      const commit: Commit = known ?? readCommit(source, next);
      if (known === undefined) {
        seen.set(next, commit);
        chain.push(commit);
      }
      next = commit.parent;
    }
    ordered.push(...chain.reverse());
  }
  return ordered;
}

function isWanted(commit: Checksum, distance: number, options: HistoryOptions): boolean {
  if (distance === 0) return true;
  if (options.historyUntil !== undefined) return !options.historyUntil(commit);
  const depth = options.depth ?? 0;
  return depth < 0 || distance <= depth;
}

function assertWhole(source: Repo, checksum: Checksum): void {
  const state = commitState(source, checksum);
  if (state === 'complete') return;
  const object = `${checksum}.commit`;
  const details = { object, path: source.path };
  if (state === 'absent') {
    throw new AppError('ostree/object-missing', `${object} is missing from ${source.path}`, { details });
  }
  const message = `${object} in ${source.path} is partial: its repository does not hold all of its tree`;
  throw new AppError('ostree/commit-partial', message, { details });
}
