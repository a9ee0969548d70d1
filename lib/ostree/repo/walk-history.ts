import type { Checksum } from '../format/checksum';
import type { Repo } from './open-repo';
import { type Commit, readCommit } from './read-commit';
import { hasObject } from './read-object';

/**
 * The commit `from` and its ancestors, newest first. It ends where there is no parent, or where the parent is not in
 * the repository, as after a pull without history.
 * @throws AppError `ostree/object-missing` where `from` itself is not there, `ostree/object-corrupt`
 */
export function* walkHistory(repo: Repo, from: Checksum): Generator<Commit, void, undefined> {
  let commit = readCommit(repo, from);
  for (;;) {
    yield commit;
    const { parent } = commit;
    if (parent === null || !hasObject(repo, parent, 'commit')) return;
    commit = readCommit(repo, parent);
  }
}
