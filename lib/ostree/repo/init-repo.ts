import { constants } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, errnoOf } from '../../errors';
import { isCollectionId } from '../format/collection-id';
import type { RepoMode } from '../format/object-path';
import { type FsPort, nodeFs } from '../fs-port';

export interface InitRepoOptions {
  mode?: RepoMode;
  collectionId?: string;
  fs?: FsPort;
}

const DIRECTORIES = [
  'extensions',
  'objects',
  'refs',
  'refs/heads',
  'refs/mirrors',
  'refs/remotes',
  'state',
  'tmp',
  'tmp/cache',
];

/**
 * Makes an empty repository at `path`, which may be an empty directory already. `config` comes last: until it is
 * there, nothing takes the directory for a repository.
 * @throws AppError `ostree/repo-invalid` where a repository or anything else is there, or the collection ID is none
 */
export function initRepo(path: string, options: InitRepoOptions = {}): void {
  const fs = options.fs ?? nodeFs;
  const root = resolve(path);
  const { mode = 'archive', collectionId } = options;
  if (collectionId !== undefined && !isCollectionId(collectionId)) {
    throw new AppError('ostree/repo-invalid', 'the collection ID must look like org.example.Name');
  }
  makeDirectory(fs, root);
  if (fs.readdir(root).length > 0) {
    throw new AppError('ostree/repo-invalid', `${root} is not empty: name a new directory`, {
      details: { path: root },
    });
  }
  for (const directory of DIRECTORIES) makeDirectory(fs, `${root}/${directory}`);
  // libostree writes the name that its oldest readers know, and a summary repeats it.
  const lines = ['[core]', 'repo_version=1', `mode=${mode === 'archive' ? 'archive-z2' : mode}`];
  if (collectionId !== undefined) lines.push(`collection-id=${collectionId}`);
  writeNewFile(fs, `${root}/config`, `${lines.join('\n')}\n`);
  const fd = fs.open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fs.fsync(fd);
  } finally {
    fs.close(fd);
  }
}

function makeDirectory(fs: FsPort, path: string): void {
  try {
    fs.mkdir(path, 0o775);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && fs.lstat(path)?.type === 'directory') return;
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'EEXIST' || code === 'ENOTDIR' || code === 'EACCES') {
      const why = code === 'ENOENT' ? 'its parent directory does not exist' : `${code}`;
      throw new AppError('ostree/repo-invalid', `${path} cannot be made: ${why}`, {
        details: { path },
        cause: error,
      });
    }
    throw error;
  }
}

function writeNewFile(fs: FsPort, path: string, text: string): void {
  const fd = fs.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
  try {
    const bytes = Buffer.from(text);
    fs.write(fd, bytes, 0, bytes.length, null);
    fs.fsync(fd);
  } finally {
    fs.close(fd);
  }
}
