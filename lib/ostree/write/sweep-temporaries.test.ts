import { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InjectedCrash, systemError, watchedFs } from '../fixtures/faulty-fs';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { type FsPort, nodeFs } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { tryLockRepo } from './lock';
import { sweepTemporaries } from './sweep-temporaries';

const base = temporaryDirectory();
const FOLDER = `tmp/treeline-${'a'.repeat(18)}`;
const FILE = `tmp/treeline-${'b'.repeat(18)}`;
const IN_ROOT = `treeline-${'c'.repeat(18)}`;
const OURS = [FOLDER, FILE, IN_ROOT];
/** Other programs' files, or of no name that a temporary file of ours has. */
const OTHERS = ['tmp/cache', 'tmp/treeline-short', 'tmp/staging-boot-x'];

let made = 0;
let path: string;
const repos: Repo[] = [];
beforeEach(() => {
  path = join(base, `repo-${made++}`);
  initRepo(path);
  mkdirSync(join(path, FOLDER, 'deeper'), { recursive: true });
  for (const name of ['one', 'deeper/two']) writeFileSync(join(path, FOLDER, name), '');
  for (const name of [FILE, IN_ROOT, 'tmp/treeline-short', 'tmp/staging-boot-x'])
    writeFileSync(join(path, name), '');
});
afterEach(() => {
  for (const repo of repos.splice(0)) repo.close();
});

function open(fs: FsPort = nodeFs): Repo {
  const repo = openRepo(path, { fs });
  repos.push(repo);
  return repo;
}

/** What is there of `names`. */
const left = (names: readonly string[]) => names.filter((name) => existsSync(join(path, name)));

test('what killed processes left goes, whatever lies in it, and nothing else', () => {
  expect(sweepTemporaries(open())).toBe(3);
  expect(left([...OURS, ...OTHERS])).toEqual(OTHERS);
  expect(sweepTemporaries(open())).toBe(0);
});

test.each([
  ['somebody shares the lock', () => void tryLockRepo(open(), 'shared')],
  ['nothing is locked there (core.locking)', () => appendFileSync(join(path, 'config'), 'locking=false\n')],
  ['the lock file is none', () => mkdirSync(join(path, '.lock'))],
])('where %s, all of it stays for the next time', (_why, prepare) => {
  prepare();
  expect(sweepTemporaries(open())).toBe(0);
  expect(left(OURS)).toEqual(OURS);
});

test('where the repository may not be written, all of it stays', () => {
  expect(sweepTemporaries(open({ ...nodeFs, access: () => false }))).toBe(0);
  expect(left(OURS)).toEqual(OURS);
});

test.each([
  ['a folder that cannot be read', 'readdir', '/deeper', [FOLDER]],
  ['a file that cannot be removed', 'unlink', '/two', [FOLDER]],
  ['a folder that cannot be removed', 'rmdir', '/deeper', [FOLDER]],
  ['a temporary file that cannot be removed', 'unlink', FILE, [FILE]],
  ['a folder of temporary files that cannot be read', 'readdir', '/tmp', [FOLDER, FILE]],
  ['a lock file that cannot be opened', 'open', '/.lock', OURS],
])('%s stays for the next time, and is in nobody’s way', (_what, call, where, stays) => {
  const fs = watchedFs(({ name, args }) => {
    if (name === call && String(args[0]).endsWith(where)) throw systemError('EIO', call);
  });
  expect(() => sweepTemporaries(open(fs))).not.toThrow();
  expect(left(OURS)).toEqual(stays);
  sweepTemporaries(open());
  expect(left(OURS)).toEqual([]);
});

test('what somebody else removes at the same time is as good as removed', () => {
  const fs = watchedFs(({ name, args }) => {
    if (name === 'unlink') rmSync(String(args[0]), { force: true });
  });
  sweepTemporaries(open(fs));
  expect(left(OURS)).toEqual([]);
});

test.each([
  ['readdir', '/tmp'],
  ['readdir', '/deeper'],
  ['unlink', '/two'],
  ['open', '/.lock'],
])('what is no failure of the file system is not passed over: %s of …%s', (call, where) => {
  const fs = watchedFs(({ name, args }) => {
    if (name === call && String(args[0]).endsWith(where)) throw new InjectedCrash('a bug');
  });
  expect(() => sweepTemporaries(open(fs))).toThrow(InjectedCrash);
});
