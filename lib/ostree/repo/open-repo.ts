import { constants } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, errnoOf, isAppError } from '../../errors';
import { closeAll } from '../close-all';
import { limits } from '../format/limits';
import type { RepoMode } from '../format/object-path';
import { type FsPort, nodeFs } from '../fs-port';
import { parseRepoConfig, type RepoConfig } from './config';
import { readWholeFile } from './read-whole-file';

/** An open repository. Every path that the engine touches is built from `root`. */
export interface Repo {
  /** Absolute path as it was asked for; for messages only. */
  readonly path: string;
  /** `/proc/self/fd/<n>` of the root directory: renaming or replacing `path` cannot redirect anything. */
  readonly root: string;
  readonly rootFd: number;
  /** The open `objects/`: every object is opened, linked and looked at by its name below it. */
  readonly objectsFd: number;
  readonly config: RepoConfig;
  readonly mode: RepoMode;
  /** Device and inode of the root, as decimal strings. */
  readonly dev: string;
  readonly ino: string;
  /** Owner of `objects/`, which decides whether objects may be linked. */
  readonly ownerUid: number;
  /** Whether this process may write to `objects/`. */
  readonly isWritable: boolean;
  readonly fs: FsPort;
  /** Where missing objects are looked up (`core.parent`), or null. */
  readonly parent: Repo | null;
  /** Closes the root directory, the parent's too. Doing it twice does no harm. */
  close(): void;
}

export interface OpenRepoOptions {
  fs?: FsPort;
  /** Device and inode that the root must have, as recorded when the repository was configured. */
  expect?: { readonly dev: string; readonly ino: string };
  /** Refuses `core.parent`: a stage must hold all its objects itself. */
  isStage?: boolean;
}

const OPEN_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Opens the repository at `path`, which must not be a symlink.
 * @throws AppError `ostree/repo-not-found`, `ostree/repo-invalid`, `ostree/repo-unsupported`, `ostree/repo-moved`
 */
export function openRepo(path: string, options: OpenRepoOptions = {}): Repo {
  return openAtDepth(resolve(path), options, 0);
}

function openAtDepth(path: string, options: OpenRepoOptions, depth: number): Repo {
  const fs = options.fs ?? nodeFs;
  const rootFd = openRoot(fs, path);
  let objectsFd: number | null = null;
  try {
    const root = `/proc/self/fd/${rootFd}`;
    const { dev, ino } = fs.fstatExact(rootFd);
    if (options.expect !== undefined && (options.expect.dev !== dev || options.expect.ino !== ino)) {
      throw new AppError(
        'ostree/repo-moved',
        `${path} is another directory than the one that was configured`,
        {
          details: { path },
        },
      );
    }
    const config = readConfig(fs, root, path);
    const objects = fs.lstat(`${root}/objects`);
    if (objects?.type !== 'directory') throw invalid(path, 'it has no objects directory');
    objectsFd = fs.open(`${root}/objects`, OPEN_DIRECTORY);
    const parent = openParent(path, config, options, depth);
    const opened = objectsFd;
    let isOpen = true;
    const close = (): void => {
      if (!isOpen) return;
      isOpen = false;
      closeAll([() => fs.close(rootFd), () => fs.close(opened), () => parent?.close()]);
    };
    return {
      path,
      root,
      rootFd,
      objectsFd,
      config,
      mode: config.mode,
      dev,
      ino,
      ownerUid: objects.uid,
      isWritable: fs.access(`${root}/objects`, constants.W_OK),
      fs,
      parent,
      close,
    };
  } catch (error) {
    const fds = objectsFd === null ? [rootFd] : [rootFd, objectsFd];
    closeAll(fds.map((fd) => () => fs.close(fd)));
    throw error;
  }
}

function openRoot(fs: FsPort, path: string): number {
  try {
    return fs.open(path, OPEN_DIRECTORY);
  } catch (error) {
    const details = { path };
    switch (errnoOf(error)) {
      case 'ENOENT':
        throw new AppError('ostree/repo-not-found', `${path} does not exist`, { details, cause: error });
      case 'ENOTDIR':
      case 'ELOOP': {
        const isSymlink = fs.lstat(path)?.type === 'symlink';
        const why = isSymlink ? 'a symlink: give the path that it leads to' : 'not a directory';
        throw new AppError('ostree/repo-invalid', `${path} is ${why}`, { details, cause: error });
      }
      case 'EACCES':
        throw new AppError('ostree/repo-invalid', `${path} may not be read: permission denied`, {
          details,
          cause: error,
        });
      default:
        throw error;
    }
  }
}

function readConfig(fs: FsPort, root: string, path: string): RepoConfig {
  const bytes = readWholeFile(fs, `${root}/config`, limits.configSizeBytesMax, 'config');
  if (bytes === null) throw invalid(path, 'it has no config file');
  try {
    return parseRepoConfig(Buffer.from(bytes).toString('utf8'), path);
  } catch (error) {
    /* v8 ignore if -- parsing throws nothing else, short of a bug */
    if (!isAppError(error)) throw error;
    throw new AppError(error.code, `the config of ${path} cannot be used: ${error.message}`, {
      details: { path },
      cause: error,
    });
  }
}

function openParent(path: string, config: RepoConfig, options: OpenRepoOptions, depth: number): Repo | null {
  if (config.parent === null) return null;
  if (options.isStage) {
    throw new AppError(
      'ostree/repo-unsupported',
      `${path} keeps objects in a parent repository (core.parent)`,
      {
        details: { path },
      },
    );
  }
  if (depth >= limits.parentDepthMax) throw invalid(path, 'its parent repositories form too long a chain');
  return openAtDepth(resolve(config.parent), { fs: options.fs }, depth + 1);
}

function invalid(path: string, why: string): AppError {
  return new AppError('ostree/repo-invalid', `${path} is not an OSTree repository: ${why}`, {
    details: { path },
  });
}
