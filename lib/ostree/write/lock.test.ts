import { execFile, execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openRepo, type Repo } from '../repo/open-repo';
import { lockProduct, lockRepo, lockRepos, type RepoLock, tryLockProduct, tryLockRepo } from './lock';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'lock-'));
const path = join(folder, 'repo');
const tree = join(folder, 'tree');
let repo: Repo;
const taken: RepoLock[] = [];

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
  const more = lockRepos(
    [
      { repo, kind: 'shared' },
      { repo: other, kind: 'shared' },
    ],
    { timeoutSeconds: 0.1 },
  );
  await expect(more).rejects.toMatchObject({ code: 'ostree/lock-timeout' });
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
  expect((await lockRepo(loose, 'exclusive')).isHeld).toBe(false);
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
