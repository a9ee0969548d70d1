import type { Checksum } from '../format/checksum';
import type { Repo } from './open-repo';
import { type Commit, findCommit, readCommit } from './read-commit';

/**
 * The commit `from` and its ancestors, newest first. It ends where there is no parent, or where the parent is not in
 * the repository, as after a pull without history.
 * @throws AppError `ostree/object-missing` where `from` itself is not there, `ostree/object-corrupt`
 */
export function* walkHistory(repo: Repo, from: Checksum): Generator<Commit, void, undefined> {
  let commit: Commit | null = readCommit(repo, from);
  while (commit !== null) {
    yield commit;
    commit = commit.parent === null ? null : findCommit(repo, commit.parent);
  }
}
