import { AppError, errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { type Dirmeta, parseOstreemeta, S_IFLNK, S_IFMT, S_IFREG } from '../format/dirmeta';
import {
  type FileHeader,
  HEADER_PREFIX_BYTES,
  isSymlinkHeader,
  parseFilezHeader,
  parseHeaderPrefix,
} from '../format/file-header';
import { corrupt } from '../format/format-error';
import { limits } from '../format/limits';
import { looseName, objectPath } from '../format/object-path';
import type { Xattr } from '../format/xattrs';
import type { ExactStat } from '../fs-port';
import { inflateFile } from './inflate';
import { openObject } from './open-object';
import type { Repo } from './open-repo';
import { readFully } from './read-whole-file';

export type FileChunks = Generator<Uint8Array, void, undefined>;

/** A content object that is open for reading. */
export interface FileObject {
  readonly header: FileHeader;
  /** Size of the content as the object states it; 0 for a symlink. */
  readonly sizeBytes: bigint;
  readonly stat: ExactStat;
  /** Content in chunks, each valid until the next is asked for. Empty for a symlink. */
  chunks(): FileChunks;
  close(): void;
}

/** How bytes of a header are got without a call each: most headers have 26 bytes. */
const HEAD_BYTES = 512;
const head = new Uint8Array(HEAD_BYTES);
const NO_XATTRS: readonly Xattr[] = [];

/**
 * Opens the content object of that checksum in this very repository. Type and descriptor are checked, the
 * checksum is not. The caller closes it.
 * @returns null where there is no such object
 * @throws AppError `ostree/object-corrupt`
 */
export function openFileObject(repo: Repo, checksum: Checksum): FileObject | null {
  if (repo.mode === 'bare' || repo.mode === 'bare-user-only') {
    const stat = repo.fs.statAt(repo.objectsFd, looseName(checksum, 'file', repo.mode));
    if (stat === null) return null;
    if (stat.type === 'symlink') {
      return openSymlink(repo, `${repo.root}/${objectPath(checksum, 'file', repo.mode)}`, stat);
    }
  }
  const fd = openObject(repo, checksum, 'file');
  if (fd === null) return null;
  try {
    const stat = repo.fs.fstatExact(fd);
    if (stat.type !== 'file') throw corrupt('it is not a regular file');
    return openRegular(repo, fd, stat);
  } catch (error) {
    repo.fs.close(fd);
    throw error;
  }
}

function openRegular(repo: Repo, fd: number, stat: ExactStat): FileObject {
  switch (repo.mode) {
    case 'archive':
      return openFilez(repo, fd, stat);
    case 'bare-user':
      return openBareUser(repo, fd, stat);
    case 'bare-user-only':
      return openBare(repo, fd, stat, { uid: 0, gid: 0, mode: stat.mode, target: '', xattrs: NO_XATTRS });
    case 'bare': {
      const { uid, gid, mode } = stat;
      return openBare(repo, fd, stat, { uid, gid, mode, target: '', xattrs: readXattrs(repo, fd) });
    }
  }
}

function openFilez(repo: Repo, fd: number, stat: ExactStat): FileObject {
  const got = repo.fs.read(fd, head, 0, HEAD_BYTES, 0);
  const length = parseHeaderPrefix(head.subarray(0, got), stat.sizeBytes - HEADER_PREFIX_BYTES);
  const end = HEADER_PREFIX_BYTES + length;
  // Values of a parsed header are views, so the shared buffer is copied from.
  const bytes =
    end <= got ? head.slice(HEADER_PREFIX_BYTES, end) : readFully(repo.fs, fd, HEADER_PREFIX_BYTES, length);
  const { sizeBytes, ...header } = parseFilezHeader(bytes);
  if (isSymlinkHeader(header)) {
    if (stat.sizeBytes !== end) throw corrupt('something follows the header of a symlink');
    if (sizeBytes !== 0n) throw corrupt('a symlink states a size');
    return makeObject(repo, fd, stat, header, noChunks, sizeBytes);
  }
  const chunks = (): FileChunks => checkedSize(inflateFile(repo.fs, fd, end, stat.sizeBytes), sizeBytes);
  return makeObject(repo, fd, stat, header, chunks, sizeBytes);
}

function makeObject(
  repo: Repo,
  fd: number | null,
  stat: ExactStat,
  header: FileHeader,
  chunks: () => FileChunks,
  sizeBytes: bigint,
): FileObject {
  const close = (): void => {
    if (fd !== null) repo.fs.close(fd);
  };
  return { header, sizeBytes, stat, chunks, close };
}

/** The stated size is covered by no checksum, and clients trust it. */
function* checkedSize(chunks: Iterable<Uint8Array>, sizeBytes: bigint): FileChunks {
  let total = 0;
  for (const chunk of chunks) {
    total += chunk.length;
    if (total > sizeBytes) throw corrupt('it holds more content than it states');
    yield chunk;
  }
  if (BigInt(total) !== sizeBytes) throw corrupt('it holds less content than it states');
}

function openBareUser(repo: Repo, fd: number, stat: ExactStat): FileObject {
  const bytes = repo.fs.getXattr(fd, 'user.ostreemeta');
  if (bytes === null) throw corrupt('it has no user.ostreemeta attribute');
  const meta: Dirmeta = parseOstreemeta(bytes);
  if ((meta.mode & S_IFMT) === S_IFREG) return openBare(repo, fd, stat, { ...meta, target: '' });
  if ((meta.mode & S_IFMT) !== S_IFLNK)
    throw corrupt('user.ostreemeta is neither of a file nor of a symlink');
  // The target is the content, its zero byte included.
  if (stat.sizeBytes < 2 || stat.sizeBytes > limits.symlinkTargetBytesMax + 1) {
    throw corrupt('it is a symlink with a target of a length that none can have');
  }
  const content = readFully(repo.fs, fd, 0, stat.sizeBytes);
  if (content.indexOf(0) !== content.length - 1)
    throw corrupt('the target of a symlink does not end with a zero byte');
  const target = decodeTarget(content.subarray(0, -1));
  return makeObject(repo, fd, stat, { ...meta, target }, noChunks, 0n);
}

function openBare(repo: Repo, fd: number, stat: ExactStat, header: FileHeader): FileObject {
  const chunks = (): FileChunks => readChunks(repo, fd, stat.sizeBytes);
  return makeObject(repo, fd, stat, header, chunks, BigInt(stat.sizeBytes));
}

function openSymlink(repo: Repo, path: string, stat: ExactStat): FileObject | null {
  const bytes = readTarget(repo, path);
  if (bytes === null) return null;
  const target = decodeTarget(bytes);
  const isPlain = repo.mode === 'bare-user-only';
  const header: FileHeader = {
    uid: isPlain ? 0 : stat.uid,
    gid: isPlain ? 0 : stat.gid,
    mode: S_IFLNK | 0o777,
    target,
    xattrs: isPlain ? NO_XATTRS : readPathXattrs(repo, path),
  };
  return makeObject(repo, null, stat, header, noChunks, 0n);
}

/** Null where it was removed since it was looked at. */
function readTarget(repo: Repo, path: string): Uint8Array | null {
  try {
    return repo.fs.readlink(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) !== 'EINVAL') throw error;
    throw new AppError('ostree/object-corrupt', 'it was replaced while it was read', { cause: error });
  }
}

function decodeTarget(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (Buffer.compare(Buffer.from(text), bytes) !== 0)
    throw corrupt('the target of a symlink is not valid UTF-8');
  return text;
}

function readXattrs(repo: Repo, fd: number): readonly Xattr[] {
  if (repo.config.disableXattrs) return NO_XATTRS;
  return collectXattrs(repo.fs.listXattrs(fd), (name) => repo.fs.getXattr(fd, name));
}

function readPathXattrs(repo: Repo, path: string): readonly Xattr[] {
  if (repo.config.disableXattrs) return NO_XATTRS;
  return collectXattrs(repo.fs.listPathXattrs(path), (name) => repo.fs.getPathXattr(path, name));
}

function collectXattrs(
  names: readonly string[],
  read: (name: string) => Uint8Array | null,
): readonly Xattr[] {
  const xattrs: Xattr[] = [];
  for (const name of names) {
    const value = read(name);
    // libostree takes an attribute without a value for none (glnx-xattrs.c).
    if (value !== null && value.length > 0) xattrs.push({ name: Buffer.from(name, 'latin1'), value });
  }
  return xattrs.sort((a, b) => Buffer.compare(a.name, b.name));
}

function* readChunks(repo: Repo, fd: number, sizeBytes: number): FileChunks {
  // One byte more than there should be: a file that has grown is not taken for what it was.
  const chunk = new Uint8Array(Math.min(sizeBytes + 1, 256 * 1024));
  let at = 0;
  for (;;) {
    const got = repo.fs.read(fd, chunk, 0, chunk.length, at);
    if (got === 0) return;
    at += got;
    yield chunk.subarray(0, got);
  }
}

function* noChunks(): FileChunks {
  // A symlink has no content: its target stands in the header.
}
