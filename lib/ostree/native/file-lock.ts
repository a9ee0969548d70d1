import { libc, systemError } from './libc';

/** fcntl(2) commands and lock types of Linux, alike on every architecture. */
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;

export type LockKind = 'shared' | 'exclusive';

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
    /* v8 ignore if -- a call that does not wait is interrupted on a file system of another machine alone */
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
