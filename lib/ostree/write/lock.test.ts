import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { openBelow } from '../fixtures/open-below';
import { type FsPort, nodeFs } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { lockProduct, lockRepo, lockRepos, type RepoLock, tryLockProduct, tryLockRepo } from './lock';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const path = join(folder, 'repo');
const tree = join(folder, 'tree');
let repo: Repo;
const taken: RepoLock[] = [];
const opened: Repo[] = [];

let made = 0;
/** A repository of its own, without a lock file. */
function freshRepo(fs: FsPort = nodeFs): Repo {
  const freshPath = join(folder, `fresh-${made++}`);
  initRepo(freshPath);
  const fresh = openRepo(freshPath, { fs });
  opened.push(fresh);
  return fresh;
}

/** A repository whose lock file may not be written, nor made where there is none. */
function readOnlyRepo(errno = 'EACCES', onRead: () => void = () => undefined): Repo {
  return freshRepo(
    watchedFs(({ name, args }) => {
      if (name !== 'open' || !String(args[0]).endsWith('.lock')) return;
      if ((Number(args[1]) & constants.O_RDWR) === 0) onRead();
      else if ((Number(args[1]) & constants.O_CREAT) !== 0 || existsSync(String(args[0])))
        throw systemError(errno, 'open');
    }),
  );
}

beforeAll(() => {
  execFileSync('ostree', ['init', '--mode=archive', `--repo=${path}`]);
  // ostree waits one second, then gives up.
  appendFileSync(join(path, 'config'), 'lock-timeout-secs=1\n');
  mkdirSync(tree);
  writeFileSync(join(tree, 'file'), 'content');
  repo = openRepo(path);
});
afterEach(() => {
  for (const lock of taken.splice(0)) lock.release();
  for (const each of opened.splice(0)) each.close();
  vi.restoreAllMocks();
});
afterAll(() => {
  repo.close();
  rmSync(folder, { recursive: true });
});

async function ostreeCan(command: 'commit' | 'prune'): Promise<boolean> {
  const args = command === 'commit' ? ['commit', '-b', 'main', tree] : ['prune', '--refs-only'];
  try {
    await run('ostree', [...args, `--repo=${path}`]);
    return true;
  } catch (error) {
    expect(String((error as { stderr: string }).stderr)).toMatch(/lock/i);
    return false;
  }
}

test.each([
  ['shared', 'commit', true],
  ['shared', 'prune', false],
  ['exclusive', 'commit', false],
  ['exclusive', 'prune', false],
] as const)('while our %s lock is held, ostree %s succeeds: %s', async (kind, command, expected) => {
  taken.push(await lockRepo(repo, kind));
  expect(await ostreeCan(command)).toBe(expected);
  taken.pop()?.release();
  expect(await ostreeCan(command)).toBe(true);
});

/** Whether somebody holds a lock on the repository's lock file, by the kernel's own list. */
function isLocked(): boolean {
  if (!existsSync(join(path, '.lock'))) return false;
  const { ino } = statSync(join(path, '.lock'));
  return new RegExp(`OFDLCK .*:${ino} 0 EOF`).test(readFileSync('/proc/locks', 'utf8'));
}

/** Runs `ostree` so that it stands still for half a second or more while it holds its lock, and calls `look` meanwhile. */
async function whileOstreeHolds(command: string[], look: () => Promise<void>): Promise<void> {
  // A commit makes its objects durable and a prune removes them while each holds its lock.
  const call = command[0] === 'commit' ? 'syncfs' : 'unlinkat';
  const inject = `inject=${call}:delay_enter=500000`;
  const args = ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', inject, 'ostree', ...command];
  const done = run('strace', args);
  done.catch(() => undefined);
  const deadline = Date.now() + 20_000;
  while (!isLocked() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  await look();
  await done;
}

test.each([
  ['commit', 'shared', true],
  ['commit', 'exclusive', false],
  ['prune', 'shared', false],
  ['prune', 'exclusive', false],
] as const)(
  'while ostree %s holds its lock, our %s lock can be taken: %s',
  async (command, kind, expected) => {
    const args = command === 'commit' ? ['commit', '-b', 'main', tree] : ['prune', '--refs-only'];
    // Something for the prune to remove.
    await run('ostree', ['commit', '-b', 'doomed', '-s', `${command} ${kind}`, tree, `--repo=${path}`]);
    await run('ostree', ['refs', '--delete', 'doomed', `--repo=${path}`]);
    await whileOstreeHolds([...args, `--repo=${path}`], async () => {
      const lock = tryLockRepo(repo, kind);
      expect(lock !== null).toBe(expected);
      lock?.release();
      if (!expected) {
        const waited = lockRepo(repo, kind, { timeoutSeconds: 0.1 });
        await expect(waited).rejects.toMatchObject({ code: 'ostree/lock-timeout' });
      }
    });
    const lock = tryLockRepo(repo, kind);
    expect(lock).not.toBeNull();
    lock?.release();
  },
  30_000,
);

test('a waiting lock is granted when the holder lets go, and stops when told to', async () => {
  const first = await lockRepo(repo, 'exclusive');
  const second = lockRepo(repo, 'exclusive', { timeoutSeconds: -1 });
  setTimeout(() => first.release(), 100);
  taken.push(await second);
  const stop = new AbortController();
  const third = lockRepo(repo, 'shared', { signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(third).rejects.toMatchObject({ code: 'ostree/aborted' });
});

test('the product lock is one at a time and apart from the repository lock', async () => {
  taken.push(await lockRepo(repo, 'exclusive'));
  taken.push(await lockProduct(repo));
  expect(tryLockProduct(repo)).toBeNull();
  await expect(lockProduct(repo, { timeoutSeconds: 0 })).rejects.toMatchObject({
    code: 'ostree/lock-timeout',
  });
  taken.pop()?.release();
  const again = tryLockProduct(repo);
  expect(again).not.toBeNull();
  again?.release();
  again?.release();
});

test('several locks are taken together or not at all', async () => {
  const otherPath = join(folder, 'other');
  execFileSync('ostree', ['init', '--mode=archive', `--repo=${otherPath}`]);
  const other = openRepo(otherPath);
  const both = await lockRepos([
    { repo, kind: 'shared' },
    { repo: other, kind: 'exclusive' },
  ]);
  expect(both).toMatchObject({ isHeld: true, kind: 'exclusive' });
  expect(tryLockRepo(other, 'shared')).toBeNull();
  expect(tryLockRepo(repo, 'exclusive')).toBeNull();
  // Each of them knows whose it is.
  expect(both.whileExclusive(other, () => 'done')).toBe('done');
  expect(() => both.whileExclusive(freshRepo(), () => 'done')).toThrow(/is not among the repositories/);
  expect(both.isInPlace()).toBe(true);
  // In whatever order they are named.
  const more = lockRepos(
    [
      { repo: other, kind: 'shared' },
      { repo, kind: 'shared' },
    ],
    { timeoutSeconds: 0.1 },
  );
  await expect(more).rejects.toMatchObject({ code: 'ostree/lock-timeout' });
  rmSync(join(otherPath, '.lock'));
  expect(both.isInPlace()).toBe(false);
  both.release();
  const exclusive = tryLockRepo(repo, 'exclusive');
  expect(exclusive).not.toBeNull();
  exclusive?.release();
  other.close();
});

test('a lock file that is missing is made as libostree makes it; one that is a symlink is refused', () => {
  const freshPath = join(folder, 'fresh');
  execFileSync('ostree', ['init', '--mode=archive', `--repo=${freshPath}`]);
  rmSync(join(freshPath, '.lock'), { force: true });
  const fresh = openRepo(freshPath);
  tryLockRepo(fresh, 'shared')?.release();
  expect(statSync(join(freshPath, '.lock')).mode & 0o777).toBe(0o660 & ~process.umask());
  rmSync(join(freshPath, '.lock'));
  writeFileSync(join(folder, 'elsewhere'), '');
  symlinkSync(join(folder, 'elsewhere'), join(freshPath, '.lock'));
  expect(() => tryLockRepo(fresh, 'shared')).toThrow(
    expect.objectContaining({ code: 'ostree/repo-invalid' }),
  );
  fresh.close();
});

test('core.locking=false locks nothing and says so', async () => {
  const loosePath = join(folder, 'loose');
  execFileSync('ostree', ['init', '--mode=archive', `--repo=${loosePath}`]);
  appendFileSync(join(loosePath, 'config'), 'locking=false\n');
  const loose = openRepo(loosePath);
  for (const unheld of [await lockRepo(loose, 'exclusive'), tryLockRepo(loose, 'exclusive')]) {
    expect(unheld).toMatchObject({ isHeld: false, kind: 'exclusive' });
    expect(unheld?.isInPlace()).toBe(true);
    expect(unheld?.whileExclusive(loose, () => 'done')).toBe('done');
    unheld?.release();
  }
  expect((await lockProduct(loose)).isHeld).toBe(true);
  loose.close();
});

test('a shared lock is made exclusive for a moment, unless somebody shares it, and is shared again', () => {
  const own = tryLockRepo(repo, 'shared');
  const other = tryLockRepo(repo, 'shared');
  const attempt = () => own?.whileExclusive(repo, () => 'done');
  expect(attempt).toThrow(expect.objectContaining({ code: 'ostree/lock-timeout' }));
  // It has not been lost by the attempt.
  expect(tryLockRepo(repo, 'exclusive')).toBeNull();
  other?.release();
  expect(
    own?.whileExclusive(repo, () => {
      expect(tryLockRepo(repo, 'shared')).toBeNull();
      return 'done';
    }),
  ).toBe('done');
  const failing = () =>
    own?.whileExclusive(repo, () => {
      throw new Error('in between');
    });
  expect(failing).toThrow('in between');
  const again = tryLockRepo(repo, 'shared');
  expect(again).not.toBeNull();
  again?.release();
  own?.release();
});

test('a lock that is exclusive already is so for whatever is done meanwhile', () => {
  const own = tryLockRepo(repo, 'exclusive');
  expect(own?.whileExclusive(repo, () => 'done')).toBe('done');
  expect(tryLockRepo(repo, 'shared')).toBeNull();
  own?.release();
});

test('a lock is in place until its file is removed or replaced, or it is released', () => {
  const fresh = freshRepo();
  const file = join(fresh.path, '.lock');
  const lock = tryLockRepo(fresh, 'shared') as RepoLock;
  expect(lock.isInPlace()).toBe(true);
  renameSync(file, `${file}.away`);
  expect(lock.isInPlace()).toBe(false);
  writeFileSync(file, '');
  expect(lock.isInPlace()).toBe(false);
  renameSync(`${file}.away`, file);
  expect(lock.isInPlace()).toBe(true);
  lock.release();
  expect(lock.isInPlace()).toBe(false);
});

test.each(['EACCES', 'EROFS', 'EPERM'])(
  'where a lock file may not be made (%s), readers go without and removers are refused (R-5)',
  async (errno) => {
    const readOnly = readOnlyRepo(errno);
    expect(tryLockRepo(readOnly, 'shared')?.isHeld).toBe(false);
    expect((await lockRepo(readOnly, 'shared')).isHeld).toBe(false);
    await expect(lockRepo(readOnly, 'exclusive')).rejects.toMatchObject({
      code: 'ostree/repo-read-only',
      message: `${readOnly.path} cannot be locked: .lock is not writable`,
    });
    expect(existsSync(join(readOnly.path, '.lock'))).toBe(false);
  },
);

test('a lock file that may only be read gives a shared lock, which nothing makes exclusive', () => {
  const readOnly = readOnlyRepo();
  writeFileSync(join(readOnly.path, '.lock'), '');
  const lock = tryLockRepo(readOnly, 'shared') as RepoLock;
  taken.push(lock);
  expect(lock.isHeld).toBe(true);
  expect(() => lock.whileExclusive(readOnly, () => 'done')).toThrow(
    expect.objectContaining({ code: 'ostree/lock-timeout' }),
  );
  const writable = openRepo(readOnly.path);
  opened.push(writable);
  expect(tryLockRepo(writable, 'exclusive')).toBeNull();
});

test('a lock file that may not even be read leaves readers without a lock; other failures are passed on', () => {
  const failure = { errno: 'EACCES' };
  const unreadable = readOnlyRepo('EACCES', () => {
    throw systemError(failure.errno, 'open');
  });
  writeFileSync(join(unreadable.path, '.lock'), '');
  expect(tryLockRepo(unreadable, 'shared')?.isHeld).toBe(false);
  failure.errno = 'EIO';
  expect(() => tryLockRepo(unreadable, 'shared')).toThrow('EIO');
});

test('a symlink that takes the place of a lock file meanwhile is not followed', () => {
  const swapped = readOnlyRepo('EACCES', () => {
    rmSync(join(swapped.path, '.lock'));
    symlinkSync('config', join(swapped.path, '.lock'));
  });
  writeFileSync(join(swapped.path, '.lock'), '');
  expect(() => tryLockRepo(swapped, 'shared')).toThrow(
    expect.objectContaining({
      code: 'ostree/repo-invalid',
      message: `${swapped.path} cannot be locked: .lock is not a regular file`,
    }),
  );
});

test('a lock file that somebody else makes at the same moment is the one that is locked', () => {
  const fresh = freshRepo(
    watchedFs(({ name, args }) => {
      if (name === 'open' && (Number(args[1]) & constants.O_CREAT) !== 0) writeFileSync(String(args[0]), '');
    }),
  );
  const lock = tryLockRepo(fresh, 'exclusive') as RepoLock;
  taken.push(lock);
  expect(lock.isHeld).toBe(true);
  expect(lock.isInPlace()).toBe(true);
});

test.each([
  ['a fifo', (file: string) => execFileSync('mkfifo', [file])],
  ['a directory', (file: string) => mkdirSync(file)],
])('%s in the place of the lock file is refused, and no descriptor of it stays open', (_what, plant) => {
  const fresh = freshRepo();
  plant(join(fresh.path, '.lock'));
  const before = openBelow(fresh.path);
  for (const kind of ['shared', 'exclusive'] as const) {
    expect(() => tryLockRepo(fresh, kind)).toThrow(
      expect.objectContaining({
        code: 'ostree/repo-invalid',
        message: `${fresh.path} cannot be locked: .lock is not a regular file`,
      }),
    );
  }
  expect(openBelow(fresh.path)).toEqual(before);
});

test('a lock file that root makes belongs to the repository’s owner, or is not used', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  const owners: unknown[] = [];
  let failure: Error | null = null;
  const fs: FsPort = {
    ...nodeFs,
    fchown: (_fd, uid, gid) => {
      owners.push([uid, gid]);
      if (failure !== null) throw failure;
    },
  };
  const foreign = { ...freshRepo(fs), ownerUid: 4321 };
  tryLockRepo(foreign, 'shared')?.release();
  expect(owners).toEqual([[4321, -1]]);
  rmSync(join(foreign.path, '.lock'));
  failure = systemError('EIO', 'fchown');
  const before = openBelow(foreign.path);
  expect(() => tryLockRepo(foreign, 'shared')).toThrow('EIO');
  expect(openBelow(foreign.path)).toEqual(before);
});
