import { errnoOf } from '../../errors';
import type { Repo } from '../repo/open-repo';
import { syncDirectory } from './write-durable-file';

/**
 * Makes a directory below the repository's root, durable in its parent, which exists. One that is there already is
 * as good. Mode 0777 less the umask, as libostree makes them.
 */
export function makeDirectory(repo: Repo, relativePath: string): void {
  try {
    repo.fs.mkdir(`${repo.root}/${relativePath}`, 0o777);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return;
    throw error;
  }
  const slash = relativePath.lastIndexOf('/');
  syncDirectory(repo, slash < 0 ? repo.root : `${repo.root}/${relativePath.slice(0, slash)}`);
}
