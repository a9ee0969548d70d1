import { AppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import type { ParsedCommit } from '../format/commit';
import type { Dirmeta } from '../format/dirmeta';
import type { Dirtree } from '../format/dirtree';
import { parseTreePath } from '../format/file-name';
import { corrupt } from '../format/format-error';
import { limits } from '../format/limits';
import type { Xattr } from '../format/xattrs';
import type { Repo } from './open-repo';
import { readCommit } from './read-commit';
import { readFileInfo } from './read-file';
import { readDirmeta, readDirtree } from './read-object';

/** One entry of a tree. */
export interface TreeEntry {
  /** Absolute within the tree: `/usr/lib`, and `/` for the root. */
  readonly path: string;
  /** The last part of the path; '' for the root. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink';
  /** With type bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** 0 for directories and symlinks. */
  readonly sizeBytes: bigint;
  /** A directory's is that of its dirtree. */
  readonly checksum: Checksum;
  readonly dirmetaChecksum: Checksum | null;
  /** Where a symlink leads; null for all others. */
  readonly target: string | null;
  readonly xattrs: readonly Xattr[];
}

export interface ListTreeOptions {
  /** Where to begin; the root unless told. */
  path?: string;
  isRecursive?: boolean;
  /** Stop after so many entries. Without it, more than `limits.treeEntriesMax` are an error. */
  maxEntries?: number;
}

/** A commit that was read already, or the checksum of one. */
export type TreeRoot = Checksum | Pick<ParsedCommit, 'rootDirtree' | 'rootDirmeta'>;

/** A directory that is still to be listed. */
interface PendingDir {
  readonly path: string;
  readonly name: string;
  readonly dirtree: Checksum;
  readonly dirmeta: Checksum;
  readonly depth: number;
}

/**
 * Lists a commit's tree as `ostree ls` does: the entry at `path` itself, then, if it is a directory, its files and
 * its directories, each with what is below it where `isRecursive`. Files stand before directories, each sorted.
 * @throws AppError `ostree/path-not-found`, `ostree/path-invalid`, `ostree/object-missing`, `ostree/object-corrupt`
 */
export function listTree(repo: Repo, commit: TreeRoot, options: ListTreeOptions = {}): TreeEntry[] {
  const entries = [];
  const max = options.maxEntries ?? limits.treeEntriesMax + 1;
  for (const entry of eachTreeEntry(repo, commit, options)) {
    if (entries.length >= max) break;
    entries.push(entry);
  }
  if (entries.length > limits.treeEntriesMax) {
    throw new AppError('ostree/object-too-large', `the tree has more than ${limits.treeEntriesMax} entries`);
  }
  return entries;
}

/** As listTree, one entry at a time. */
export function* eachTreeEntry(
  repo: Repo,
  commit: TreeRoot,
  options: Pick<ListTreeOptions, 'path' | 'isRecursive'> = {},
): Generator<TreeEntry, void, undefined> {
  const start = findEntry(repo, commit, options.path ?? '/');
  const dirmetas = new Map<Checksum, Dirmeta>();
  if (!('dirtree' in start)) {
    yield fileEntry(repo, start.path, start.name, start.checksum);
    return;
  }
  const pending: PendingDir[] = [start];
  for (let dir = pending.pop(); dir !== undefined; dir = pending.pop()) {
    yield dirEntry(repo, dir, dirmetas);
    if (dir !== start && !options.isRecursive) continue;
    const { files, dirs } = readDirtree(repo, dir.dirtree);
    const prefix = dir.path === '/' ? '/' : `${dir.path}/`;
    for (const { name, checksum } of files) yield fileEntry(repo, prefix + name, name, checksum);
    if (dir.depth >= limits.treeDepthMax)
      throw corrupt(`the tree is deeper than ${limits.treeDepthMax} directories`);
    // The stack gives back the last first.
    for (let i = dirs.length - 1; i >= 0; i--) {
      const child = dirs[i] as Dirtree['dirs'][number];
      pending.push({ ...child, path: prefix + child.name, depth: dir.depth + 1 });
    }
  }
}

/**
 * The one entry at `path` of a commit's tree. Symlinks are not followed.
 * @throws AppError `ostree/path-not-found`, `ostree/path-invalid`
 */
export function lookupPath(repo: Repo, commit: TreeRoot, path: string): TreeEntry {
  const found = findEntry(repo, commit, path);
  if ('dirtree' in found) return dirEntry(repo, found, new Map());
  return fileEntry(repo, found.path, found.name, found.checksum);
}

interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly checksum: Checksum;
}

function findEntry(repo: Repo, commit: TreeRoot, path: string): PendingDir | FoundFile {
  const names = parseTreePath(path);
  const { rootDirtree, rootDirmeta } = typeof commit === 'string' ? readCommit(repo, commit) : commit;
  let at: PendingDir = { path: '/', name: '', dirtree: rootDirtree, dirmeta: rootDirmeta, depth: 0 };
  for (const [index, name] of names.entries()) {
    const tree = readDirtree(repo, at.dirtree);
    const below = `${at.path === '/' ? '' : at.path}/${name}`;
    const dir = tree.dirs.find((entry) => entry.name === name);
    if (dir !== undefined) {
      at = { ...dir, path: below, depth: at.depth + 1 };
      continue;
    }
    const file = tree.files.find((entry) => entry.name === name);
    if (file !== undefined && index === names.length - 1)
      return { path: below, name, checksum: file.checksum };
    const why = file === undefined ? 'does not exist in the tree' : 'is not a directory';
    throw new AppError('ostree/path-not-found', `${JSON.stringify(below)} ${why}`, { details: { path } });
  }
  return at;
}

function dirEntry(repo: Repo, dir: PendingDir, dirmetas: Map<Checksum, Dirmeta>): TreeEntry {
  let meta = dirmetas.get(dir.dirmeta);
  if (meta === undefined) {
    meta = readDirmeta(repo, dir.dirmeta);
    dirmetas.set(dir.dirmeta, meta);
  }
  return {
    path: dir.path,
    name: dir.name,
    type: 'directory',
    mode: meta.mode,
    uid: meta.uid,
    gid: meta.gid,
    sizeBytes: 0n,
    checksum: dir.dirtree,
    dirmetaChecksum: dir.dirmeta,
    target: null,
    xattrs: meta.xattrs,
  };
}

function fileEntry(repo: Repo, path: string, name: string, checksum: Checksum): TreeEntry {
  const { type, mode, uid, gid, sizeBytes, target, xattrs } = readFileInfo(repo, checksum);
  return { path, name, type, mode, uid, gid, sizeBytes, checksum, dirmetaChecksum: null, target, xattrs };
}
