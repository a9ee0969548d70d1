import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleScript } from '../fixtures/bundle-script';
import { type FsCall, systemError, watchedFs } from '../fixtures/faulty-fs';
import { fsckClean, listFiles, ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { resolveRef } from '../repo/resolve-rev';
import { lockRepo } from './lock';
import { deleteRefs, writeRefs } from './write-refs';

let fixture: PullFixture;
let first: Checksum;
let second: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  first = fixture.commit();
  fixture.write('etc/config', 'version=2\n');
  second = fixture.commit();
});
afterEach(() => fixture.remove());

const refFile = (ref: string) => join(fixture.sourcePath, 'refs/heads', ref);

test('a ref is written as libostree reads it, in folders that are made for it', () => {
  utimesSync(fixture.sourcePath, 1, 1);
  writeRefs(fixture.openSource(), [{ ref: 'a/b/c', expected: null, to: first }]);
  expect(readFileSync(refFile('a/b/c'), 'utf8')).toBe(`${first}\n`);
  expect(ostree('rev-parse', `--repo=${fixture.sourcePath}`, 'a/b/c').trim()).toBe(first);
  expect(statSync(fixture.sourcePath).mtimeMs).toBeGreaterThan(2000);
  expect(listFiles(join(fixture.sourcePath, 'tmp'))).toEqual([]);
  fsckClean(fixture.sourcePath);
});

test('a ref that is not what is expected is refused, and the others with it', () => {
  const repo = fixture.openSource();
  const moves = [
    { ref: 'fresh', expected: null, to: first },
    { ref: 'os/main', expected: first, to: first },
  ];
  expect(() => writeRefs(repo, moves)).toThrow(
    expect.objectContaining({
      code: 'ostree/ref-moved',
      details: expect.objectContaining({ ref: 'os/main', current: second }),
    }),
  );
  expect(resolveRef(repo, 'fresh')).toBeNull();
  expect(() => writeRefs(repo, [{ ref: 'os/main', expected: null, to: first }])).toThrow(/os\/main/);
  writeRefs(repo, [{ ref: 'os/main', expected: second, to: first }]);
  expect(resolveRef(repo, 'os/main')).toBe(first);
  writeRefs(repo, [{ ref: 'os/main', expected: undefined, to: second }]);
  expect(resolveRef(repo, 'os/main')).toBe(second);
});

test('a ref that moves between the check and the rename is noticed right before the rename', () => {
  const fs = watchedFs(({ name, args }) => {
    // The temporary file is synced after the first check and before the last one.
    if (name === 'open' && String(args[0]).includes('/tmp/treeline-'))
      writeFileSync(refFile('os/main'), `${first}\n`);
  });
  const write = () => writeRefs(fixture.openSource(fs), [{ ref: 'os/main', expected: second, to: second }]);
  expect(write).toThrow(expect.objectContaining({ code: 'ostree/ref-moved' }));
  expect(resolveRef(fixture.openSource(), 'os/main')).toBe(first);
  expect(listFiles(join(fixture.sourcePath, 'tmp'))).toEqual([]);
});

test.each(['..', 'a/../b', '-x', 'a//b', '/a', 'a b', 'x\n', 'tmp.abc123', 'fe', 'os/main/', 'ü'])(
  'the name %j is refused before anything is written',
  (ref) => {
    const before = listFiles(fixture.sourcePath);
    expect(() => writeRefs(fixture.openSource(), [{ ref, expected: undefined, to: first }])).toThrow(
      expect.objectContaining({ code: 'ostree/ref-invalid' }),
    );
    expect(listFiles(fixture.sourcePath)).toEqual(before);
  },
);

test('a ref and a folder of refs cannot share a name; a folder without refs makes room', () => {
  const repo = fixture.openSource();
  const conflict = expect.objectContaining({ code: 'ostree/ref-conflict' });
  expect(() => writeRefs(repo, [{ ref: 'os', expected: null, to: first }])).toThrow(conflict);
  expect(() => writeRefs(repo, [{ ref: 'os/main/sub', expected: null, to: first }])).toThrow(conflict);
  const both = ['new', 'new/below'].map((ref) => ({ ref, expected: null, to: first }));
  expect(() => writeRefs(repo, both)).toThrow(conflict);
  expect(() =>
    writeRefs(
      repo,
      [both[0], both[0]].flatMap((one) => one ?? []),
    ),
  ).toThrow(conflict);
  mkdirSync(refFile('empty/deeper'), { recursive: true });
  writeRefs(repo, [{ ref: 'empty', expected: null, to: first }]);
  expect(resolveRef(repo, 'empty')).toBe(first);
});

test('strict: while another writer shares the lock, no ref moves and nothing waits; afterwards it does (R-29)', async () => {
  const repo = fixture.openSource();
  const lock = await lockRepo(repo, 'shared');
  const writer = await lockRepo(fixture.openSource(), 'shared');
  const move = () => writeRefs(repo, [{ ref: 'os/main', expected: second, to: first }], { strictLock: lock });
  expect(move).toThrow(expect.objectContaining({ code: 'ostree/lock-timeout' }));
  expect(resolveRef(repo, 'os/main')).toBe(second);
  expect(listFiles(join(fixture.sourcePath, 'tmp'))).toEqual([]);
  writer.release();
  move();
  expect(resolveRef(repo, 'os/main')).toBe(first);
  // What is held is a shared lock again: ostree can commit, and can not prune.
  ostree('commit', `--repo=${fixture.sourcePath}`, '-b', 'os/other', fixture.tree);
  appendFileSync(join(fixture.sourcePath, 'config'), 'lock-timeout-secs=1\n');
  expect(() => ostree('prune', `--repo=${fixture.sourcePath}`)).toThrow();
  lock.release();
});

test('an alias is neither replaced nor followed', () => {
  symlinkSync('os/main', refFile('alias'));
  const repo = fixture.openSource();
  expect(() => writeRefs(repo, [{ ref: 'alias', expected: second, to: first }])).toThrow(
    expect.objectContaining({ code: 'ostree/ref-conflict', message: expect.stringContaining('alias') }),
  );
  expect(lstatSync(refFile('alias')).isSymbolicLink()).toBe(true);
  expect(resolveRef(repo, 'os/main')).toBe(second);
});

test('no ref ever names a commit that is absent or marked as partial', () => {
  const repo = fixture.openSource();
  const absent = 'a'.repeat(64) as Checksum;
  expect(() => writeRefs(repo, [{ ref: 'x', expected: null, to: absent }])).toThrow(
    expect.objectContaining({ code: 'ostree/object-missing' }),
  );
  writeFileSync(join(fixture.sourcePath, 'state', `${first}.commitpartial`), '');
  expect(() => writeRefs(repo, [{ ref: 'x', expected: null, to: first }])).toThrow(
    expect.objectContaining({ code: 'ostree/commit-partial' }),
  );
});

test('each ref is durable before and after its rename: file, folders, rename, folder', () => {
  const calls: FsCall[] = [];
  writeRefs(fixture.openSource(watchedFs((call) => calls.push(call))), [
    { ref: 'a/b', expected: null, to: first },
  ]);
  const order = calls
    .map(({ name }) => name)
    .filter((name) => ['write', 'fsync', 'mkdir', 'rename'].includes(name));
  expect(order).toEqual(['write', 'fsync', 'mkdir', 'fsync', 'rename', 'fsync']);
});

test('many writers with one expectation: exactly one wins', () => {
  const writer = bundleScript(
    fixture.folder,
    `import { openRepo } from './repo/open-repo';
     import { lockProduct } from './write/lock';
     import { writeRefs } from './write/write-refs';
     const [path, expected, to] = process.argv.slice(2);
     const repo = openRepo(path);
     const lock = await lockProduct(repo);
     try { writeRefs(repo, [{ ref: 'race', expected, to }]); console.log('won'); }
     catch (error) { console.log(error.code); } finally { lock.release(); }`,
  );
  writeRefs(fixture.openSource(), [{ ref: 'race', expected: null, to: first }]);
  const script = `for i in 1 2 3 4 5 6; do node ${writer} ${fixture.sourcePath} ${first} ${second} & done; wait`;
  const lines = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trim().split('\n').sort();
  expect(lines).toEqual([...Array(5).fill('ostree/ref-moved'), 'won']);
});

test('refs are deleted by compare and swap, and again where that was cut short', () => {
  const repo = fixture.openSource();
  writeRefs(repo, [{ ref: 'a/b/c', expected: null, to: first }]);
  const both = [
    { ref: 'a/b/c', expected: first },
    { ref: 'os/main', expected: first },
  ];
  // One that is elsewhere keeps the others where they are.
  expect(() => deleteRefs(repo, both)).toThrow(expect.objectContaining({ code: 'ostree/ref-moved' }));
  expect(resolveRef(repo, 'a/b/c')).toBe(first);
  deleteRefs(repo, [{ ref: 'a/b/c', expected: first }]);
  expect(resolveRef(repo, 'a/b/c')).toBeNull();
  expect(ostree('refs', `--repo=${fixture.sourcePath}`).trim()).toBe('os/main');
  deleteRefs(repo, [
    { ref: 'a/b/c', expected: first },
    { ref: 'os/main', expected: second },
  ]);
  expect(ostree('refs', `--repo=${fixture.sourcePath}`).trim()).toBe('');
  // The folders that it leaves are in nobody's way.
  writeRefs(repo, [{ ref: 'a/b', expected: null, to: first }]);
  fsckClean(fixture.sourcePath);
});

test('a ref that is an alias, or that another is an alias of, is not deleted', () => {
  const repo = fixture.openSource();
  ostree('refs', `--repo=${fixture.sourcePath}`, '--alias', '--create=os/alias', 'os/main');
  for (const ref of ['os/main', 'os/alias']) {
    expect(() => deleteRefs(repo, [{ ref, expected: second }])).toThrow(
      expect.objectContaining({ code: 'ostree/ref-conflict' }),
    );
  }
  expect(resolveRef(repo, 'os/alias')).toBe(second);
  for (const ref of ['../os/main', '/os/main', 'os//main']) {
    expect(() => deleteRefs(repo, [{ ref, expected: second }])).toThrow(/ref/);
  }
});

test('a deletion is durable before it returns', () => {
  const calls: FsCall[] = [];
  const repo = fixture.openSource(watchedFs((call) => void calls.push(call)));
  deleteRefs(repo, [{ ref: 'os/main', expected: second }]);
  const names = calls.map(({ name }) => name);
  expect(names.indexOf('fsync', names.indexOf('unlink'))).toBeGreaterThan(names.indexOf('unlink'));
});

test('a ref that is gone is said to be absent', () => {
  const move = () => writeRefs(fixture.openSource(), [{ ref: 'gone', expected: first, to: second }]);
  expect(move).toThrow(
    expect.objectContaining({
      code: 'ostree/ref-moved',
      message: `ref gone of ${fixture.sourcePath} is absent, not ${first}: it was moved by somebody else`,
    }),
  );
  expect(() => deleteRefs(fixture.openSource(), [{ ref: 'no/such/ref', expected: first }])).not.toThrow();
});

test.each([
  ['rename', 'EIO', 'ostree/io-failed', 'rename failed with EIO: check the disk'],
  ['rename', 'ENOSPC', 'ostree/no-space', 'no space left: free some and try again'],
  ['mkdir', 'EACCES', 'ostree/repo-read-only', 'it may not be written by this user'],
  ['futimes', 'EIO', 'ostree/io-failed', 'futimes failed with EIO: check the disk'],
])('where %s fails with %s it is said so, and nothing temporary is left', (call, errno, code, why) => {
  let calls = 0;
  const fs = watchedFs(({ name }) => {
    // The second rename: the first ref has moved already.
    if (name === call && (call !== 'rename' || ++calls === 2)) throw systemError(errno, call);
  });
  const moves = ['a/one', 'a/two'].map((ref) => ({ ref, expected: null, to: first }));
  expect(() => writeRefs(fixture.openSource(fs), moves)).toThrow(
    expect.objectContaining({ code, message: `writing refs in ${fixture.sourcePath} failed: ${why}` }),
  );
  expect(listFiles(join(fixture.sourcePath, 'tmp'))).toEqual([]);
  const repo = fixture.openSource();
  const moved = { rename: [first, null], mkdir: [null, null], futimes: [first, first] }[call];
  expect(['a/one', 'a/two'].map((ref) => resolveRef(repo, ref))).toEqual(moved);
  writeRefs(
    repo,
    moves.map((move) => ({ ...move, expected: undefined })),
  );
  expect(resolveRef(repo, 'a/two')).toBe(first);
});

test('a ref that cannot be deleted is said so, and stays', () => {
  const fs = watchedFs(({ name }) => {
    if (name === 'unlink') throw systemError('EACCES', 'unlink');
  });
  expect(() => deleteRefs(fixture.openSource(fs), [{ ref: 'os/main', expected: second }])).toThrow(
    expect.objectContaining({
      code: 'ostree/repo-read-only',
      message: `deleting refs of ${fixture.sourcePath} failed: it may not be written by this user`,
    }),
  );
  expect(resolveRef(fixture.openSource(), 'os/main')).toBe(second);
});

test('who does not own the root moves its time by making an entry', () => {
  utimesSync(fixture.sourcePath, 1, 1);
  const fs = watchedFs(({ name }) => {
    if (name === 'futimes') throw systemError('EPERM', 'futimes');
  });
  const before = readdirSync(fixture.sourcePath);
  writeRefs(fixture.openSource(fs), [{ ref: 'os/main', expected: second, to: first }]);
  expect(statSync(fixture.sourcePath).mtimeMs).toBeGreaterThan(2000);
  expect(readdirSync(fixture.sourcePath)).toEqual(before);
});
