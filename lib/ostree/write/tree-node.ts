import { constants } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../errors';
import type { Xattr } from '../format/xattrs';
import type { FsPort } from '../fs-port';

/** Who owns a node of a tree, and who may do what with it. */
export interface NodeMeta {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, setuid, setgid and sticky; no type bits. */
  readonly permissions: number;
  readonly xattrs: readonly Xattr[];
}

/** A tree that can be committed. Directories and contents are asked for when their turn comes. */
export type TreeNode =
  | {
      readonly type: 'file';
      readonly meta: NodeMeta;
      readonly sizeBytes: number;
      chunks(): Iterable<Uint8Array>;
    }
  | { readonly type: 'symlink'; readonly meta: NodeMeta; readonly target: string }
  | { readonly type: 'directory'; readonly meta: NodeMeta; entries(): Iterable<readonly [string, TreeNode]> };

const ROOT_META = { uid: 0, gid: 0, xattrs: [] } as const;

/** A file that belongs to root, 0644 unless told otherwise. */
export function fileNode(content: Uint8Array | string, permissions = 0o644): TreeNode {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    type: 'file',
    meta: { ...ROOT_META, permissions },
    sizeBytes: bytes.length,
    chunks: () => [bytes],
  };
}

/** A symlink that belongs to root. */
export function symlinkNode(target: string): TreeNode {
  return { type: 'symlink', meta: { ...ROOT_META, permissions: 0o777 }, target };
}

/** A directory that belongs to root, 0755 unless told otherwise. */
export function directoryNode(entries: Iterable<readonly [string, TreeNode]>, permissions = 0o755): TreeNode {
  return { type: 'directory', meta: { ...ROOT_META, permissions }, entries: () => entries };
}

const CHUNK_BYTES = 4 * 1024 * 1024;
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The tree at `path` as it lies on disk: owners, permissions and, with `hasXattrs`, extended attributes, which is what
 * `ostree commit --tree=dir=` takes. Symlinks are not followed, but for `path` itself.
 *
 * @throws AppError `ostree/path-not-found`, `ostree/path-invalid` for a device, socket or fifo
 */
export function nodeAt(fs: FsPort, path: string, hasXattrs: boolean): TreeNode {
  const stat = fs.lstat(path);
  if (stat === null) throw notFound(path);
  const meta = {
    uid: stat.uid,
    gid: stat.gid,
    permissions: stat.mode & 0o7777,
    xattrs: hasXattrs ? readXattrs(fs, path) : [],
  };
  switch (stat.type) {
    case 'directory':
      return { type: 'directory', meta, entries: () => entriesOf(fs, path, hasXattrs) };
    case 'symlink':
      return { type: 'symlink', meta, target: Buffer.from(fs.readlink(path)).toString('utf8') };
    case 'file':
      return { type: 'file', meta, sizeBytes: stat.sizeBytes, chunks: () => readChunks(fs, path) };
    default:
      throw new AppError('ostree/path-invalid', `${path} is neither a file, a directory nor a symlink`, {
        details: { path },
      });
  }
}

function* entriesOf(fs: FsPort, path: string, hasXattrs: boolean): Generator<readonly [string, TreeNode]> {
  for (const { name } of fs.readdir(path)) yield [name, nodeAt(fs, join(path, name), hasXattrs)];
}

function* readChunks(fs: FsPort, path: string): Generator<Uint8Array> {
  const fd = fs.open(path, READ_FLAGS);
  try {
    const { sizeBytes } = fs.fstat(fd);
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(sizeBytes, 1)));
      let filled = 0;
      for (let got = -1; got !== 0 && filled < chunk.length; filled += got) {
        got = fs.read(fd, chunk, filled, chunk.length - filled, null);
      }
      if (filled > 0) yield chunk.subarray(0, filled);
      if (filled < chunk.length) return;
    }
  } finally {
    fs.close(fd);
  }
}

/** Those with a value: libglnx passes over empty ones (`read_xattr_name_array`), and so they are in no checksum. */
function readXattrs(fs: FsPort, path: string): Xattr[] {
  const xattrs: Xattr[] = [];
  for (const name of fs.listPathXattrs(path)) {
    const value = fs.getPathXattr(path, name);
    if (value !== null && value.length > 0) xattrs.push({ name: Buffer.from(name, 'latin1'), value });
  }
  return xattrs;
}

function notFound(path: string): AppError {
  return new AppError('ostree/path-not-found', `${path} does not exist`, { details: { path } });
}
