import { posix } from 'node:path';
import { AppError, errnoOf } from '../../errors';
import { type Checksum, isChecksum } from '../format/checksum';
import { limits } from '../format/limits';
import { isListableRef, quoteName } from '../format/ref-name';
import type { EntryType } from '../fs-port';
import type { Repo } from './open-repo';
import { OPEN_READ } from './read-whole-file';

/**
 * Reads one ref file, below `refs/` of the repository, without following a symlink beyond `base`.
 * @param path below the root, such as `refs/heads/os/main`
 * @param base the directory that an alias may lead into, such as `refs/heads`
 * @param type what readdir said the entry is; asked for where it isn't given
 * @returns null where there is no such file
 * @throws AppError `ostree/ref-invalid`; what the file holds is never repeated, since an alias may lead to a secret
 */
export function readRefFile(repo: Repo, path: string, base: string, type?: EntryType): Checksum | null {
  if (type === undefined) assertDirectories(repo, path, base);
  const entryType = type ?? repo.fs.lstat(`${repo.root}/${path}`)?.type ?? null;
  switch (entryType) {
    case null:
    case 'directory':
      return null;
    case 'file':
      return readChecksum(repo, path);
    case 'symlink':
      return readAlias(repo, path, base);
    default:
      throw invalid(repo, path, 'is neither a file nor an alias');
  }
}

/** A symlink in place of a directory of refs would have any file of the machine read as a ref. */
function assertDirectories(repo: Repo, path: string, base: string): void {
  for (let at = path.indexOf('/', base.length + 1); at >= 0; at = path.indexOf('/', at + 1)) {
    const directory = path.slice(0, at);
    if (repo.fs.lstat(`${repo.root}/${directory}`)?.type === 'symlink')
      throw invalid(repo, directory, 'is a symlink in place of a directory');
  }
}

function readAlias(repo: Repo, path: string, base: string): Checksum | null {
  const target = readTarget(repo, path);
  if (target === null) return null;
  const aliased = posix.join(posix.dirname(path), target);
  const isInside = !target.startsWith('/') && aliased.startsWith(`${base}/`);
  if (!isInside || !isListableRef(aliased.slice(base.length + 1))) {
    throw invalid(repo, path, 'is an alias that leads outside the refs');
  }
  assertDirectories(repo, aliased, base);
  const type = repo.fs.lstat(`${repo.root}/${aliased}`)?.type;
  if (type !== 'file') throw invalid(repo, path, 'is an alias of something that is no ref');
  return readChecksum(repo, aliased);
}

function readTarget(repo: Repo, path: string): string | null {
  try {
    return Buffer.from(repo.fs.readlink(`${repo.root}/${path}`)).toString('utf8');
  } catch (error) {
    // Replaced or removed since it was listed.
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'EINVAL') return null;
    throw error;
  }
}

const buffer = Buffer.alloc(limits.refFileSizeBytesMax + 1);

function readChecksum(repo: Repo, path: string): Checksum | null {
  const fd = openRef(repo, path);
  if (fd === null) return null;
  let size: number;
  try {
    size = repo.fs.read(fd, buffer, 0, buffer.length, null);
  } finally {
    repo.fs.close(fd);
  }
  if (size <= limits.refFileSizeBytesMax) {
    const text = buffer.toString('latin1', 0, size).trimEnd();
    if (isChecksum(text)) return text;
  }
  throw invalid(repo, path, 'does not hold a checksum');
}

function openRef(repo: Repo, path: string): number | null {
  try {
    return repo.fs.openAt(repo.rootFd, path, OPEN_READ);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) === 'ELOOP') throw invalid(repo, path, 'became a symlink while it was read');
    if (errnoOf(error) === 'ENXIO') throw invalid(repo, path, 'is neither a file nor an alias');
    throw error;
  }
}

function invalid(repo: Repo, path: string, why: string): AppError {
  return new AppError('ostree/ref-invalid', `${quoteName(path)} in ${repo.path} ${why}`, {
    details: { ref: path, path: repo.path },
  });
}
