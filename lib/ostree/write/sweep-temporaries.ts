import { errnoOf, isAppError } from '../../errors';
import type { DirEntry, EntryType } from '../fs-port';
import type { Repo } from '../repo/open-repo';
import { type RepoLock, tryLockRepo } from './lock';
import { removeTree } from './remove-tree';
import { removeTemporaryFile, TEMPORARY_PREFIX } from './write-durable-file';

const TEMPORARY_NAME = new RegExp(`^${TEMPORARY_PREFIX}[0-9a-f]{18}$`);

/**
 * Removes what killed processes of Treeline's have left in `tmp/`, files and folders. Every writer of Treeline's holds the
 * shared lock while it has anything temporary, so it is nobody's when the exclusive lock can be had. Where that can't
 * be had at once, or something refuses to go, it stays for the next time: it harms nobody, and libostree's
 * cleanup_tmpdir removes it after a day. The caller holds no lock of this repository.
 *
 * @returns how many files and folders were removed
 */
export function sweepTemporaries(repo: Repo): number {
  if (!repo.isWritable || listTemporaries(repo).length === 0) return 0;
  const lock = tryExclusive(repo);
  if (lock === null) return 0;
  try {
    return lock.isHeld ? removeTemporaries(repo) : 0;
  } finally {
    lock.release();
  }
}

/** As sweepTemporaries, for a caller that holds the exclusive lock. */
export function removeTemporaries(repo: Repo): number {
  const temporaries = listTemporaries(repo);
  for (const { path, type } of temporaries) {
    if (type === 'directory') removeTree(repo, path);
    else removeTemporaryFile(repo, path);
  }
  return temporaries.length;
}

/**
 * As temporaryPath names them. What was fetched over HTTP has other names: whoever pulls next takes it over.
 * In the root lies at most an empty file that was to move its time, see writeRefs.
 */
function listTemporaries(repo: Repo): { path: string; type: EntryType }[] {
  return [`${repo.root}/tmp`, repo.root].flatMap((folder) =>
    readdirIfPossible(repo, folder)
      .filter(({ name }) => TEMPORARY_NAME.test(name))
      .map(({ name, type }) => ({ path: `${folder}/${name}`, type })),
  );
}

function readdirIfPossible(repo: Repo, path: string): DirEntry[] {
  try {
    return repo.fs.readdir(path);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    // Whoever needs it will say so; there is nothing to sweep where there is nothing to be seen.
    return [];
  }
}

function tryExclusive(repo: Repo): RepoLock | null {
  try {
    return tryLockRepo(repo, 'exclusive');
  } catch (error) {
    if (isAppError(error) || errnoOf(error) !== undefined) return null;
    throw error;
  }
}
