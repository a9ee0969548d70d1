import { createRequire } from 'node:module';

/**
 * What the engine needs from the kernel and Node does not give, or gives at twice the price: OFD locks, `syncfs`,
 * extended attributes, and calls relative to an open directory. They go through koffi, which is loaded on first use:
 * a process that only reads an archive repository never loads it.
 */

type Call = (...args: unknown[]) => number;

interface Libc {
  fcntl: Call;
  syncfs: Call;
  fgetxattr: Call;
  fsetxattr: Call;
  flistxattr: Call;
  lgetxattr: Call;
  llistxattr: Call;
  lsetxattr: Call;
  openat: Call;
  read: Call;
  pread: Call;
  close: Call;
  linkat: Call;
  statx: Call;
  getdents64: Call;
  errno: () => number;
  errnoNames: ReadonlyMap<number, string>;
}

let loaded: Libc | undefined;

/** Whether some call has gone through koffi already. */
export function isLibcLoaded(): boolean {
  return loaded !== undefined;
}

/** The functions of the C library, loaded on first use. Node's own descriptors and memory may be given to them. */
export function libc(): Libc {
  if (loaded !== undefined) return loaded;
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  // The C library that Node itself is linked with, whatever its file is called (glibc, musl).
  const library = koffi.load(null);
  const bind = (prototype: string): Call => library.func(prototype) as unknown as Call;
  loaded = {
    fcntl: bind('int fcntl(int fd, int cmd, ...)'),
    syncfs: bind('int syncfs(int fd)'),
    fgetxattr: bind('int64_t fgetxattr(int fd, const void *name, void *value, size_t size)'),
    fsetxattr: bind('int fsetxattr(int fd, const void *name, const void *value, size_t size, int flags)'),
    flistxattr: bind('int64_t flistxattr(int fd, void *list, size_t size)'),
    lgetxattr: bind('int64_t lgetxattr(const char *path, const void *name, void *value, size_t size)'),
    llistxattr: bind('int64_t llistxattr(const char *path, void *list, size_t size)'),
    lsetxattr: bind(
      'int lsetxattr(const char *path, const void *name, const void *value, size_t size, int flags)',
    ),
    // Variadic in C. Where integers are all that is passed, every 64-bit ABI of Linux passes them alike.
    openat: bind('int openat(int dirfd, const char *path, int flags)'),
    read: bind('int64_t read(int fd, void *buffer, size_t size)'),
    pread: bind('int64_t pread(int fd, void *buffer, size_t size, int64_t offset)'),
    close: bind('int close(int fd)'),
    linkat: bind('int linkat(int olddirfd, const char *old, int newdirfd, const char *new, int flags)'),
    statx: bind('int statx(int dirfd, const char *path, int flags, unsigned int mask, void *stat)'),
    getdents64: bind('int64_t getdents64(int fd, void *entries, size_t size)'),
    errno: () => koffi.errno(),
    errnoNames: new Map(Object.entries(koffi.os.errno).map(([name, value]) => [value, name])),
  };
  return loaded;
}

/** Whether the thread's errno says that nothing lies at a path: ENOENT, or ENOTDIR below a file. */
export function isNothingThere(): boolean {
  const { errno, errnoNames } = libc();
  const name = errnoNames.get(errno());
  return name === 'ENOENT' || name === 'ENOTDIR';
}

/** A system error shaped like those of node:fs (`code`, `errno`, `syscall`), from the thread's errno. */
export function systemError(syscall: string): NodeJS.ErrnoException {
  const { errno, errnoNames } = libc();
  const number = errno();
  const code = errnoNames.get(number) ?? `E${number}`;
  const error: NodeJS.ErrnoException = new Error(`${code}: ${syscall} failed`);
  error.code = code;
  error.errno = -number;
  error.syscall = syscall;
  return error;
}
