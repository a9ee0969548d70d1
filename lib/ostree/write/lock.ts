import { constants } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, errnoOf } from '../../errors';
import { closeAll } from '../close-all';
import { type LockKind, tryLockFile, unlockFile } from '../native/file-lock';
import type { Repo } from '../repo/open-repo';

/** Same file, kind and mode as libostree's (core-private.h `_OSTREE_REPO_LOCK_FILE`). */
const REPO_LOCK_FILE = '.lock';
/** Ours alone; not in `tmp/`, where libostree removes what it does not know. */
const PRODUCT_LOCK_FILE = '.treeline.lock';
const LOCK_FILE_MODE = 0o660;
const POLL_MILLISECONDS = 50;

/** A lock that is held until it is released or the process dies. */
export interface RepoLock {
  readonly kind: LockKind;
  /**
   * false where nothing is locked: `core.locking=false`, or a repository we may not write that has no lock file.
   * Others may prune it meanwhile.
   */
  readonly isHeld: boolean;
  /**
   * false where the file that is locked is no longer the one of that name: somebody removed or replaced it, and whoever
   * comes next locks another. A lock that is not held excludes nobody, before and after.
   */
  isInPlace(): boolean;
  /**
   * Runs `work` with the lock of `repo` made exclusive, and makes it shared again. It is tried once, without
   * waiting: two who wait for each other's shared locks would wait for ever. Where nothing is locked, `work` just runs.
   * @throws AppError `ostree/lock-timeout` where somebody else holds it too; `work` has not begun then
   */
  whileExclusive<T>(repo: Repo, work: () => T): T;
  /** Drops the lock. Further calls do nothing. */
  release(): void;
}

export interface LockOptions {
  /** By default `core.lock-timeout-secs` of the repository; negative waits for ever. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/**
 * Takes libostree's repository lock: shared to add objects or move refs, exclusive to remove anything.
 *
 * @throws AppError `ostree/lock-timeout` when others held it all the time, `ostree/repo-read-only` when an exclusive
 * lock is asked of a repository that cannot be written, `ostree/aborted`
 */
export function lockRepo(repo: Repo, kind: LockKind, options: LockOptions = {}): Promise<RepoLock> {
  if (!repo.config.locking) return Promise.resolve(unheld(kind));
  return waitForLock(repo, REPO_LOCK_FILE, kind, options);
}

/** As lockRepo, without waiting. Null when somebody else holds it. */
export function tryLockRepo(repo: Repo, kind: LockKind): RepoLock | null {
  if (!repo.config.locking) return unheld(kind);
  return tryOnce(repo, REPO_LOCK_FILE, kind);
}

/**
 * Takes Treeline's own exclusive lock on a target: from the check of its heads to the end of publication.
 * It is held whatever `core.locking` says. By default it waits 300 seconds.
 */
export function lockProduct(repo: Repo, options: LockOptions = {}): Promise<RepoLock> {
  return waitForLock(repo, PRODUCT_LOCK_FILE, 'exclusive', { timeoutSeconds: 300, ...options });
}

/** As lockProduct, without waiting. Null when another run holds it. */
export function tryLockProduct(repo: Repo): RepoLock | null {
  return tryOnce(repo, PRODUCT_LOCK_FILE, 'exclusive');
}

/**
 * Takes several repository locks in ascending order of (device, inode), so that two runs over the same
 * repositories never wait for each other in a ring. On failure those already taken are released.
 *
 * @returns one lock that releases them all; it is held only if each of them is
 */
export async function lockRepos(
  wanted: readonly { repo: Repo; kind: LockKind }[],
  options: LockOptions = {},
): Promise<RepoLock> {
  const ordered = [...wanted].sort(
    (a, b) => compareNumbers(a.repo.dev, b.repo.dev) || compareNumbers(a.repo.ino, b.repo.ino),
  );
  const locks: { repo: Repo; lock: RepoLock }[] = [];
  // Last taken, first released.
  const release = () =>
    closeAll(
      locks.toReversed().map(
        ({ lock }) =>
          () =>
            lock.release(),
      ),
    );
  try {
    for (const { repo, kind } of ordered) locks.push({ repo, lock: await lockRepo(repo, kind, options) });
  } catch (error) {
    release();
    throw error;
  }
  const kind = wanted.some((one) => one.kind === 'exclusive') ? 'exclusive' : 'shared';
  return {
    kind,
    isHeld: locks.every(({ lock }) => lock.isHeld),
    isInPlace: () => locks.every(({ lock }) => lock.isInPlace()),
    release,
    whileExclusive: (repo, work) => {
      const own = locks.find((one) => one.repo === repo);
      if (own === undefined) throw new Error(`${repo.path} is not among the repositories that are locked`);
      return own.lock.whileExclusive(repo, work);
    },
  };
}

function compareNumbers(a: string, b: string): number {
  const [left, right] = [BigInt(a), BigInt(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function unheld(kind: LockKind): RepoLock {
  return {
    kind,
    isHeld: false,
    isInPlace: () => true,
    whileExclusive: (_repo, work) => work(),
    release: () => undefined,
  };
}

async function waitForLock(
  repo: Repo,
  file: string,
  kind: LockKind,
  options: LockOptions,
): Promise<RepoLock> {
  const timeoutSeconds = options.timeoutSeconds ?? repo.config.lockTimeoutSecs;
  const startedAt = performance.now();
  const fd = openLockFile(repo, file, kind);
  if (fd === null) return unheld(kind);
  try {
    for (;;) {
      if (options.signal?.aborted)
        throw new AppError('ostree/aborted', `waiting for the lock of ${repo.path} was stopped`);
      if (tryLockFile(fd, kind)) return held(repo, file, fd, kind);
      const waitedSeconds = (performance.now() - startedAt) / 1000;
      if (timeoutSeconds >= 0 && waitedSeconds >= timeoutSeconds) {
        throw new AppError(
          'ostree/lock-timeout',
          `${repo.path} is locked by another process; gave up after ${timeoutSeconds} s: try again when it is done`,
          { details: { path: repo.path, file } },
        );
      }
      // Bounds the wait after a release; the call itself costs a microsecond.
      await sleep(POLL_MILLISECONDS);
    }
  } catch (error) {
    repo.fs.close(fd);
    throw error;
  }
}

function tryOnce(repo: Repo, file: string, kind: LockKind): RepoLock | null {
  const fd = openLockFile(repo, file, kind);
  if (fd === null) return unheld(kind);
  let isTaken = false;
  try {
    isTaken = tryLockFile(fd, kind);
  } finally {
    if (!isTaken) repo.fs.close(fd);
  }
  return isTaken ? held(repo, file, fd, kind) : null;
}

function held(repo: Repo, file: string, fd: number, kind: LockKind): RepoLock {
  let isHeld = true;
  return {
    kind,
    isHeld: true,
    isInPlace() {
      if (!isHeld) return false;
      const named = repo.fs.lstatExact(`${repo.root}/${file}`);
      const locked = repo.fs.fstatExact(fd);
      return named !== null && named.dev === locked.dev && named.ino === locked.ino;
    },
    whileExclusive(_repo, work) {
      if (kind === 'exclusive') return work();
      if (!isExclusiveNow(fd)) {
        throw new AppError(
          'ostree/lock-timeout',
          `${repo.path} is used by another process at this moment, and a ref is to be moved by nobody else: try again`,
          { details: { path: repo.path } },
        );
      }
      try {
        return work();
      } finally {
        tryLockFile(fd, 'shared');
      }
    },
    release() {
      if (!isHeld) return;
      isHeld = false;
      // Explicitly, since a child process started meanwhile may have inherited the open file description.
      unlockFile(fd);
      repo.fs.close(fd);
    },
  };
}

/** Converts a shared lock in place; where that fails, the shared one stays. A file open for reading can't be. */
function isExclusiveNow(fd: number): boolean {
  try {
    return tryLockFile(fd, 'exclusive');
  } catch (error) {
    /* v8 ignore if -- a descriptor that was locked before has no other error that could be brought about */
    if (errnoOf(error) !== 'EBADF') throw error;
    return false;
  }
}

/**
 * Opens the lock file, which is never removed and never opened for anything else. It is made where it is missing,
 * belonging to the repository's owner even when root makes it, or the owner's own `ostree` could not lock any more.
 *
 * @returns null where there is none and we may not make one: the repository stays unprotected
 */
function openLockFile(repo: Repo, file: string, kind: LockKind): number | null {
  const path = `${repo.root}/${file}`;
  const { O_RDWR, O_RDONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
  for (;;) {
    try {
      return checkedLockFile(repo, file, repo.fs.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') break;
      if (code === 'ELOOP' || code === 'EISDIR') throw notRegular(repo, file);
      if (code !== 'ENOENT') throw error;
    }
    try {
      return ownLockFile(repo, repo.fs.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, LOCK_FILE_MODE));
    } catch (error) {
      const code = errnoOf(error);
      if (code === 'EEXIST') continue;
      if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') break;
      throw error;
    }
  }
  if (kind === 'exclusive') {
    throw new AppError('ostree/repo-read-only', `${repo.path} cannot be locked: ${file} is not writable`);
  }
  try {
    return checkedLockFile(repo, file, repo.fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'EACCES') return null;
    if (code === 'ELOOP') throw notRegular(repo, file);
    throw error;
  }
}

/** Gives a lock file that root has made to the repository's owner. */
function ownLockFile(repo: Repo, fd: number): number {
  if (process.getuid?.() !== 0 || repo.ownerUid === 0) return fd;
  try {
    repo.fs.fchown(fd, repo.ownerUid, -1);
    return fd;
  } catch (error) {
    repo.fs.close(fd);
    throw error;
  }
}

function checkedLockFile(repo: Repo, file: string, fd: number): number {
  let isRegular = false;
  try {
    isRegular = repo.fs.fstat(fd).type === 'file';
  } finally {
    if (!isRegular) repo.fs.close(fd);
  }
  if (!isRegular) throw notRegular(repo, file);
  return fd;
}

function notRegular(repo: Repo, file: string): AppError {
  return new AppError('ostree/repo-invalid', `${repo.path} cannot be locked: ${file} is not a regular file`);
}
