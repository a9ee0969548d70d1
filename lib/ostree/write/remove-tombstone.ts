import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { objectPath } from '../format/object-path';
import type { Repo } from '../repo/open-repo';

/** A commit that is back has no tombstone any more (ostree-repo-commit.c `ostree_repo_write_metadata`). */
export function removeTombstone(repo: Repo, commit: Checksum): void {
  try {
    repo.fs.unlink(`${repo.root}/${objectPath(commit, 'tombstone-commit', repo.mode)}`);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
