import { AppError, errnoOf } from '../../errors';
import type { Repo } from '../repo/open-repo';
import { syncDirectory } from './write-durable-file';

/**
 * Makes a directory below the repository's root, durable in its parent, which exists. One that is there already is
 * as good. Mode 0777 less the umask, as libostree makes them.
 * @throws AppError `ostree/repo-invalid` where something else lies there, a symlink for one: what is written through it
 * would lie outside the repository
 */
export function makeDirectory(repo: Repo, relativePath: string): void {
  try {
    repo.fs.mkdir(`${repo.root}/${relativePath}`, 0o777);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    if (repo.fs.lstat(`${repo.root}/${relativePath}`)?.type !== 'directory')
      throw notDirectory(repo, relativePath);
    return;
  }
  const slash = relativePath.lastIndexOf('/');
  syncDirectory(repo, slash < 0 ? repo.root : `${repo.root}/${relativePath.slice(0, slash)}`);
}

export function notDirectory(repo: Repo, relativePath: string): AppError {
  return new AppError('ostree/repo-invalid', `${relativePath} in ${repo.path} is not a directory`, {
    details: { path: repo.path },
  });
}
