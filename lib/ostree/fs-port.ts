import fs from 'node:fs';
import { errnoOf } from '../errors';
import { linkAt, listIrregular, modeAt, openAt, type RawStat, statAt, statFile } from './native/at-calls';
import { closeFile, readFile } from './native/file-calls';
import { isLibcLoaded } from './native/libc';
import { syncFileSystem } from './native/sync-file-system';
import {
  getFileXattr,
  getPathXattr,
  listFileXattrs,
  listPathXattrs,
  setFileXattr,
  setPathXattr,
} from './native/xattrs';

/** What a directory entry is, without following it. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'other';

export interface DirEntry {
  readonly name: string;
  readonly type: EntryType;
}

/** The part of a `stat` that the engine reads. Device and inode are exact, as decimal strings. */
export interface FileStat {
  readonly type: EntryType;
  /** All of `st_mode`, type bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly linkCount: number;
  readonly mtimeSeconds: number;
}

/** As {@link FileStat}, with what tells two files or two states of one file apart. */
export interface ExactStat extends FileStat {
  readonly dev: string;
  readonly ino: string;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface FileSystemStat {
  /** `f_type`, the magic number of the file system. */
  readonly magic: number;
  readonly blockSizeBytes: number;
  readonly blocks: number;
  readonly blocksFree: number;
  readonly blocksAvailable: number;
  readonly inodesFree: number;
}

/**
 * Every call that the engine makes on a file system, all synchronous: in Node they are several times faster
 * than their asynchronous kin, and the engine's order of effects is then the order of its statements.
 * Errors are Node's own, with `code`. Tests put a port in place that fails or dies at the call they choose.
 */
export interface FsPort {
  open(path: string, flags: number, mode?: number): number;
  close(fd: number): void;
  /** Reads into `buffer` at `offset`; `position` null reads on from where the descriptor stands. */
  read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | null): number;
  write(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | null): number;
  ftruncate(fd: number, sizeBytes: number): void;
  fstat(fd: number): FileStat;
  fstatExact(fd: number): ExactStat;
  /** Null where there is nothing of that name. */
  lstat(path: string): FileStat | null;
  lstatExact(path: string): ExactStat | null;
  statfs(path: string): FileSystemStat;
  access(path: string, mode: number): boolean;
  readdir(path: string): DirEntry[];
  /** Opens `name` below an open directory; `flags` without `O_CREAT`. */
  openAt(dirFd: number, name: string, flags: number): number;
  /** Gives the file `from` below an open directory a second name, `to` below another. */
  linkAt(fromDirFd: number, from: string, toDirFd: number, to: string): void;
  /** Of `name` below an open directory, which is not followed; null where there is nothing of that name. */
  statAt(dirFd: number, name: string): ExactStat | null;
  /** As statAt, where nothing but the type is asked for. */
  statTypeAt(dirFd: number, name: string): EntryType | null;
  /** Names in a freshly opened directory that are of something else than a regular file, or may be. */
  listIrregular(dirFd: number): string[];
  /** The bytes of a symlink's target. */
  readlink(path: string): Uint8Array;
  link(existing: string, path: string): void;
  symlink(target: string | Uint8Array, path: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string, mode?: number): void;
  rmdir(path: string): void;
  fsync(fd: number): void;
  fdatasync(fd: number): void;
  /** Makes the whole file system that `fd` lies on durable, and reports its write errors. */
  syncfs(fd: number): void;
  fchmod(fd: number, mode: number): void;
  fchown(fd: number, uid: number, gid: number): void;
  lchown(path: string, uid: number, gid: number): void;
  /** Times in seconds. */
  futimes(fd: number, atimeSeconds: number, mtimeSeconds: number): void;
  utimes(path: string, atimeSeconds: number, mtimeSeconds: number): void;
  lutimes(path: string, atimeSeconds: number, mtimeSeconds: number): void;
  /** Copies content; `mode` as in `fs.constants.COPYFILE_*`. */
  copyFile(from: string, to: string, mode?: number): void;
  /** Null where the file has no such attribute. */
  getXattr(fd: number, name: string): Uint8Array | null;
  setXattr(fd: number, name: string, value: Uint8Array): void;
  listXattrs(fd: number): string[];
  /** By path, of a symlink itself. */
  getPathXattr(path: string, name: string): Uint8Array | null;
  listPathXattrs(path: string): string[];
  setPathXattr(path: string, name: string, value: Uint8Array): void;
}

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;

/** The entry type that the type bits of `st_mode` name. */
export function entryTypeOf(mode: number): EntryType {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 'file';
    case S_IFDIR:
      return 'directory';
    case S_IFLNK:
      return 'symlink';
    default:
      return 'other';
  }
}

function toStat(stat: fs.Stats): FileStat {
  return {
    type: entryTypeOf(stat.mode),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    sizeBytes: stat.size,
    linkCount: stat.nlink,
    mtimeSeconds: Math.floor(stat.mtimeMs / 1000),
  };
}

function toExactStat(stat: fs.BigIntStats): ExactStat {
  const mode = Number(stat.mode);
  return {
    type: entryTypeOf(mode),
    mode,
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    sizeBytes: Number(stat.size),
    linkCount: Number(stat.nlink),
    mtimeSeconds: Number(stat.mtimeNs / 1_000_000_000n),
    dev: String(stat.dev),
    ino: String(stat.ino),
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  };
}

function fromRaw(stat: RawStat): ExactStat {
  // Named one by one: spreading an object costs as much as the call that filled it.
  return {
    type: entryTypeOf(stat.mode),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    sizeBytes: stat.sizeBytes,
    linkCount: stat.linkCount,
    mtimeSeconds: stat.mtimeSeconds,
    dev: stat.dev,
    ino: stat.ino,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  };
}

/** Nothing lies below a file either (`ENOTDIR`): a ref `a/b` where there is a ref `a`. */
function unlessBelowFile<T>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function direntType(entry: fs.Dirent): EntryType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

/** Loading the library costs as much as it saves on so many calls. */
const CALLS_BEFORE_LOADING = 2000;
let calls = 0;

/** Whether to go through it: a short command never does, and a server that runs for days soon. */
function isLibcWorthLoading(): boolean {
  return isLibcLoaded() || ++calls > CALLS_BEFORE_LOADING;
}

/** The machine's own file system. */
export const nodeFs: FsPort = {
  open: (path, flags, mode) => fs.openSync(path, flags, mode),
  close: (fd) => (isLibcLoaded() ? closeFile(fd) : fs.closeSync(fd)),
  read: (fd, buffer, offset, length, position) =>
    isLibcLoaded()
      ? readFile(fd, buffer, offset, length, position)
      : fs.readSync(fd, buffer, offset, length, position),
  write: (fd, buffer, offset, length, position) => fs.writeSync(fd, buffer, offset, length, position),
  ftruncate: (fd, sizeBytes) => fs.ftruncateSync(fd, sizeBytes),
  fstat: (fd) => toStat(fs.fstatSync(fd)),
  // The same answer at two thirds of the price, where what it needs is loaded already.
  fstatExact: (fd) =>
    isLibcLoaded() ? fromRaw(statFile(fd)) : toExactStat(fs.fstatSync(fd, { bigint: true })),
  lstat: (path) => {
    const stat = unlessBelowFile(() => fs.lstatSync(path, { throwIfNoEntry: false }));
    return stat === undefined ? null : toStat(stat);
  },
  lstatExact: (path) => {
    const stat = unlessBelowFile(() => fs.lstatSync(path, { bigint: true, throwIfNoEntry: false }));
    return stat === undefined ? null : toExactStat(stat);
  },
  statfs: (path) => {
    const stat = fs.statfsSync(path);
    return {
      magic: stat.type,
      blockSizeBytes: stat.bsize,
      blocks: stat.blocks,
      blocksFree: stat.bfree,
      blocksAvailable: stat.bavail,
      inodesFree: stat.ffree,
    };
  },
  access: (path, mode) => {
    try {
      fs.accessSync(path, mode);
      return true;
    } catch {
      return false;
    }
  },
  readdir: (path) =>
    fs
      .readdirSync(path, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, type: direntType(entry) })),
  openAt: (dirFd, name, flags) =>
    isLibcWorthLoading() ? openAt(dirFd, name, flags) : fs.openSync(`/proc/self/fd/${dirFd}/${name}`, flags),
  linkAt,
  statAt: (dirFd, name) => {
    if (!isLibcWorthLoading()) return nodeFs.lstatExact(`/proc/self/fd/${dirFd}/${name}`);
    const stat = statAt(dirFd, name);
    return stat === null ? null : fromRaw(stat);
  },
  statTypeAt: (dirFd, name) => {
    if (!isLibcWorthLoading()) return nodeFs.lstat(`/proc/self/fd/${dirFd}/${name}`)?.type ?? null;
    const mode = modeAt(dirFd, name);
    return mode === null ? null : entryTypeOf(mode);
  },
  listIrregular,
  readlink: (path) => fs.readlinkSync(path, { encoding: 'buffer' }),
  link: (existing, path) => fs.linkSync(existing, path),
  symlink: (target, path) => fs.symlinkSync(typeof target === 'string' ? target : Buffer.from(target), path),
  rename: (from, to) => fs.renameSync(from, to),
  unlink: (path) => fs.unlinkSync(path),
  mkdir: (path, mode) => {
    fs.mkdirSync(path, mode);
  },
  rmdir: (path) => fs.rmdirSync(path),
  fsync: (fd) => fs.fsyncSync(fd),
  fdatasync: (fd) => fs.fdatasyncSync(fd),
  syncfs: (fd) => syncFileSystem(fd),
  fchmod: (fd, mode) => fs.fchmodSync(fd, mode),
  fchown: (fd, uid, gid) => fs.fchownSync(fd, uid, gid),
  lchown: (path, uid, gid) => fs.lchownSync(path, uid, gid),
  futimes: (fd, atime, mtime) => fs.futimesSync(fd, atime, mtime),
  utimes: (path, atime, mtime) => fs.utimesSync(path, atime, mtime),
  lutimes: (path, atime, mtime) => fs.lutimesSync(path, atime, mtime),
  copyFile: (from, to, mode) => fs.copyFileSync(from, to, mode),
  getXattr: (fd, name) => getFileXattr(fd, name),
  setXattr: (fd, name, value) => setFileXattr(fd, name, value),
  listXattrs: (fd) => listFileXattrs(fd),
  getPathXattr: (path, name) => getPathXattr(path, name),
  listPathXattrs: (path) => listPathXattrs(path),
  setPathXattr: (path, name, value) => setPathXattr(path, name, value),
};
