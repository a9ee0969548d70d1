import { isNothingThere, libc, systemError } from './libc';

/**
 * Calls on names below an open directory. They cost half of what paths through `/proc/self/fd/<n>` cost, and hold R-2
 * as well: whatever becomes of the directory's own path, they work on the directory that was opened.
 */

const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_TYPE = 0x1;
const STATX_BASIC_STATS = 0x7ff;

/** Where the members of `struct statx` stand; alike on every architecture. */
const STATX_BYTES = 256;
const NLINK_AT = 16;
const UID_AT = 20;
const GID_AT = 24;
const MODE_AT = 28;
const INO_AT = 32;
const SIZE_AT = 40;
const CTIME_AT = 96;
const MTIME_AT = 112;
const DEV_MAJOR_AT = 136;
const DEV_MINOR_AT = 140;

/** What statx(2) says of a file, with device, inode and times exact. */
export interface RawStat {
  /** All of `st_mode`, type bits included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly linkCount: number;
  readonly mtimeSeconds: number;
  /** `st_dev` and `st_ino` as decimal strings, the same that node:fs gives as bigints. */
  readonly dev: string;
  readonly ino: string;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

const stat = Buffer.alloc(STATX_BYTES);

/**
 * Opens `name` below an open directory, as openat(2).
 * @param flags without `O_CREAT`
 * @throws a system error
 */
export function openAt(dirFd: number, name: string, flags: number): number {
  for (;;) {
    // Node closes its own descriptors on exec, and so must these.
    const fd = libc().openat(dirFd, name, flags | O_CLOEXEC);
    if (fd >= 0) return fd;
    const error = systemError('openat');
    /* v8 ignore else -- only opening on a file system of another machine is interrupted by a signal */
    if (error.code !== 'EINTR') throw error;
  }
}

const O_CLOEXEC = 0o2000000;

/** Gives the file at `from` below one open directory a second name below another. Follows no symlink. Throws a system error. */
export function linkAt(fromDirFd: number, from: string, toDirFd: number, to: string): void {
  if (libc().linkat(fromDirFd, from, toDirFd, to, 0) !== 0) throw systemError('linkat');
}

/** What lies at `name` below an open directory, without following a symlink; null where nothing does. Throws a system error. */
export function statAt(dirFd: number, name: string): RawStat | null {
  return isThere(dirFd, name, STATX_BASIC_STATS) ? readStat() : null;
}

/** All of `st_mode` of what lies at `name`, as statAt, for a third of its price. */
export function modeAt(dirFd: number, name: string): number | null {
  return isThere(dirFd, name, STATX_TYPE) ? stat.readUInt16LE(MODE_AT) : null;
}

function isThere(dirFd: number, name: string, mask: number): boolean {
  if (libc().statx(dirFd, name, AT_SYMLINK_NOFOLLOW, mask, stat) === 0) return true;
  // No error is made of it: most of what is looked for is not there.
  if (isNothingThere()) return false;
  throw systemError('statx');
}

/** As statAt, of an open file. */
export function statFile(fd: number): RawStat {
  if (libc().statx(fd, '', AT_EMPTY_PATH, STATX_BASIC_STATS, stat) !== 0) throw systemError('statx');
  return readStat();
}

function readStat(): RawStat {
  return {
    mode: stat.readUInt16LE(MODE_AT),
    uid: stat.readUInt32LE(UID_AT),
    gid: stat.readUInt32LE(GID_AT),
    sizeBytes: Number(stat.readBigUInt64LE(SIZE_AT)),
    linkCount: stat.readUInt32LE(NLINK_AT),
    mtimeSeconds: Number(stat.readBigInt64LE(MTIME_AT)),
    dev: readDevice(),
    ino: stat.readBigUInt64LE(INO_AT).toString(),
    mtimeNs: readTime(MTIME_AT),
    ctimeNs: readTime(CTIME_AT),
  };
}

let lastDevice = { major: -1, minor: -1, dev: '' };

/** As glibc's makedev() puts the two halves together; one after the other is nearly always the same. */
function readDevice(): string {
  const major = stat.readUInt32LE(DEV_MAJOR_AT);
  const minor = stat.readUInt32LE(DEV_MINOR_AT);
  if (lastDevice.major !== major || lastDevice.minor !== minor) {
    const [high, low] = [BigInt(major), BigInt(minor)];
    const dev =
      ((high & 0xfffff000n) << 32n) | ((high & 0xfffn) << 8n) | ((low & 0xffffff00n) << 12n) | (low & 0xffn);
    lastDevice = { major, minor, dev: dev.toString() };
  }
  return lastDevice.dev;
}

function readTime(at: number): bigint {
  return stat.readBigInt64LE(at) * 1_000_000_000n + BigInt(stat.readUInt32LE(at + 8));
}

/** Where the members of `struct linux_dirent64` stand. */
const RECLEN_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
const DT_REG = 8;

const entries = Buffer.alloc(64 * 1024);

/**
 * The names in an open directory that are of anything but a regular file: directories, symlinks, FIFOs and the like;
 * also those whose file system does not say. Reads the directory from its beginning to its end; makes no string of the names that it
 * passes over.
 * @param fd a descriptor of its own, since its position moves
 * @throws a system error
 */
export function listIrregular(fd: number): string[] {
  const names: string[] = [];
  for (;;) {
    const size = libc().getdents64(fd, entries, entries.length);
    if (size < 0) throw systemError('getdents64');
    if (size === 0) return names;
    for (let at = 0; at < size; at += entries.readUInt16LE(at + RECLEN_AT)) {
      if (entries[at + TYPE_AT] === DT_REG) continue;
      const name = readName(at + NAME_AT);
      if (name !== '.' && name !== '..') names.push(name);
    }
  }
}

function readName(start: number): string {
  return entries.toString('latin1', start, entries.indexOf(0, start));
}
