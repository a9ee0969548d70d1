import { createRequire } from 'node:module';

/**
 * What the engine needs from the kernel and Node does not give: OFD locks, `syncfs`, extended attributes. They go
 * through koffi, which is loaded on first use: a process that only reads an archive repository never loads it.
 */

/** fcntl(2) commands and lock types of Linux, alike on every architecture. */
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;

export type LockKind = 'shared' | 'exclusive';

type Call = (...args: unknown[]) => number;

interface Libc {
  fcntl: Call;
  syncfs: Call;
  fgetxattr: Call;
  fsetxattr: Call;
  flistxattr: Call;
  lgetxattr: Call;
  llistxattr: Call;
  errno: () => number;
  errnoNames: ReadonlyMap<number, string>;
}

let loaded: Libc | undefined;

function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  // The C library that Node itself is linked with, whatever its file is called (glibc, musl).
  const library = koffi.load(null);
  const bind = (prototype: string): Call => library.func(prototype) as unknown as Call;
  loaded = {
    fcntl: bind('int fcntl(int fd, int cmd, ...)'),
    syncfs: bind('int syncfs(int fd)'),
    fgetxattr: bind('int64_t fgetxattr(int fd, const char *name, void *value, size_t size)'),
    fsetxattr: bind('int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags)'),
    flistxattr: bind('int64_t flistxattr(int fd, void *list, size_t size)'),
    lgetxattr: bind('int64_t lgetxattr(const char *path, const char *name, void *value, size_t size)'),
    llistxattr: bind('int64_t llistxattr(const char *path, void *list, size_t size)'),
    errno: () => koffi.errno(),
    errnoNames: new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name])),
  };
  return loaded;
}

/** A system error shaped like those of node:fs (`code`, `errno`, `syscall`), from the thread's errno. */
function systemError(syscall: string): NodeJS.ErrnoException {
  const { errno, errnoNames } = libc();
  const number = errno();
  const code = errnoNames.get(number) ?? `E${number}`;
  const error: NodeJS.ErrnoException = new Error(`${code}: ${syscall} failed`);
  error.code = code;
  error.errno = -number;
  error.syscall = syscall;
  return error;
}

/** `struct flock` of a 64-bit Linux over the whole file: l_whence = SEEK_SET, l_start = l_len = 0, l_pid = 0. */
function wholeFileLock(type: number): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeInt16LE(type, 0);
  return bytes;
}

function setLock(fd: number, type: number): boolean {
  if (!/^(x64|arm64|riscv64|loong64)$/.test(process.arch)) {
    throw new Error(`file locks are not supported on ${process.arch}: run Treeline on a 64-bit Linux`);
  }
  const call = libc();
  for (;;) {
    if (call.fcntl(fd, F_OFD_SETLK, 'void *', wholeFileLock(type)) === 0) return true;
    const error = systemError('fcntl');
    if (error.code === 'EINTR') continue;
    if (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK' || error.code === 'EACCES') return false;
    throw error;
  }
}

/**
 * Takes, or converts to, an OFD record lock over the whole of the open file, without waiting: the kind
 * of lock libostree takes on `.lock` (ostree-repo.c do_repo_lock). It belongs to the open file
 * description: closing the last descriptor of it, or the death of the process, drops it.
 *
 * @param fd open for reading (shared) or for writing (exclusive)
 * @returns false when another open file description holds a lock in conflict
 * @throws a system error (`EBADF`, `ENOLCK`, …)
 */
export function tryLockFile(fd: number, kind: LockKind): boolean {
  return setLock(fd, kind === 'exclusive' ? F_WRLCK : F_RDLCK);
}

/** Drops the OFD lock that `fd` holds, if any. */
export function unlockFile(fd: number): void {
  setLock(fd, F_UNLCK);
}

/** Makes everything written to the file system of `fd` durable: syncfs(2). Throws a system error. */
export function syncFileSystem(fd: number): void {
  if (libc().syncfs(fd) !== 0) throw systemError('syncfs');
}

function isCode(error: NodeJS.ErrnoException, ...codes: string[]): boolean {
  return error.code !== undefined && codes.includes(error.code);
}

/** Reads a value whose size is asked for first; grows and retries when it changed in between. */
function readSized(syscall: string, call: (buffer: Buffer | null, size: number) => number): Buffer | null {
  for (;;) {
    const size = call(null, 0);
    if (size < 0) {
      const error = systemError(syscall);
      if (isCode(error, 'ENODATA')) return null;
      throw error;
    }
    if (size === 0) return Buffer.alloc(0);
    const buffer = Buffer.alloc(size);
    const got = call(buffer, size);
    if (got >= 0) return buffer.subarray(0, got);
    const error = systemError(syscall);
    if (isCode(error, 'ERANGE')) continue;
    if (isCode(error, 'ENODATA')) return null;
    throw error;
  }
}

function splitNames(list: Buffer | null): string[] {
  if (list === null || list.length === 0) return [];
  return list
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
}

/** The bytes of extended attribute `name` of an open file, or null where it has none. */
export function getFileXattr(fd: number, name: string): Uint8Array | null {
  return readSized('fgetxattr', (buffer, size) => libc().fgetxattr(fd, name, buffer, size));
}

/** Sets extended attribute `name` of an open file, whether or not it is there already. */
export function setFileXattr(fd: number, name: string, value: Uint8Array): void {
  if (libc().fsetxattr(fd, name, value, value.length, 0) !== 0) throw systemError('fsetxattr');
}

/** The names of the extended attributes of an open file, in the kernel's order. */
export function listFileXattrs(fd: number): string[] {
  return splitNames(readSized('flistxattr', (buffer, size) => libc().flistxattr(fd, buffer, size)));
}

/** As getFileXattr, by path and without following a symlink (a symlink cannot be opened). */
export function getPathXattr(path: string, name: string): Uint8Array | null {
  return readSized('lgetxattr', (buffer, size) => libc().lgetxattr(path, name, buffer, size));
}

/** As listFileXattrs, by path and without following a symlink. */
export function listPathXattrs(path: string): string[] {
  return splitNames(readSized('llistxattr', (buffer, size) => libc().llistxattr(path, buffer, size)));
}
