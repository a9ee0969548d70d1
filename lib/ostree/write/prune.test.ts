import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { runOstree } from '../fixtures/run-ostree';
import { withCode } from '../fixtures/with-code';
import { type Checksum, sha256 } from '../format/checksum';
import { nodeFs } from '../fs-port';
import { fsckRepo } from '../repo/fsck-repo';
import { openRepo } from '../repo/open-repo';
import { tryLockRepo } from './lock';
import { type PruneOptions, prune } from './prune';

const base = mkdtempSync(join(tmpdir(), 'treeline-prune-'));
const made = join(base, 'made');

function ostree(...args: string[]): string {
  return runOstree(...args).trim();
}

function commit(ref: string, content: string, timestamp: string): string {
  const tree = join(base, 'tree');
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'usr/lib'), { recursive: true });
  writeFileSync(join(tree, 'usr/lib/release'), content);
  writeFileSync(join(tree, 'usr/common'), 'the same in all of them');
  return ostree(
    'commit',
    `--repo=${made}`,
    `--branch=${ref}`,
    `--tree=dir=${tree}`,
    `--timestamp=${timestamp}`,
  );
}

/** Every object of a repository, named below `objects/`. */
function objectsOf(repo: string): string[] {
  return readdirSync(join(repo, 'objects'))
    .flatMap((fanout) => readdirSync(join(repo, 'objects', fanout)).map((name) => `${fanout}/${name}`))
    .sort();
}

function copyOf(name: string): string {
  const path = join(base, name);
  rmSync(path, { recursive: true, force: true });
  cpSync(made, path, { recursive: true, preserveTimestamps: true });
  return path;
}

async function pruneAt(path: string, options: PruneOptions = {}, fs = nodeFs) {
  const repo = openRepo(path, { fs });
  try {
    return await prune(repo, options);
  } finally {
    repo.close();
  }
}

beforeAll(() => {
  ostree('init', `--repo=${made}`, '--mode=archive');
  for (let day = 1; day <= 5; day++) commit('os/main', `main ${day}`, `2026-01-0${day} 12:00:00 +0000`);
  for (let day = 1; day <= 3; day++) commit('os/next', `next ${day}`, `2026-02-0${day} 12:00:00 +0000`);
  // A clock that went back: the head is older than its parent.
  commit('os/odd', 'odd 1', '2026-04-01 12:00:00 +0000');
  commit('os/odd', 'odd 2', '2026-03-01 12:00:00 +0000');
  commit('os/gone', 'nobody wants it', '2026-01-20 12:00:00 +0000');
  ostree('refs', `--repo=${made}`, '--delete', 'os/gone');
  ostree('summary', `--repo=${made}`, '-u');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('prune keeps what `ostree prune --refs-only` keeps', () => {
  const cases: [string, PruneOptions, string[]][] = [
    ['whole history', {}, []],
    ['heads alone', { depth: 0 }, ['--depth=0']],
    ['one parent each', { depth: 1 }, ['--depth=1']],
    [
      'what is younger than a day',
      { keepYoungerThan: Date.parse('2026-01-04T00:00:00Z') / 1000 },
      ['--keep-younger-than=2026-01-04 00:00:00 +0000'],
    ],
    [
      'what is young, whatever the depth',
      { depth: 0, keepYoungerThan: Date.parse('2026-01-02T12:00:00Z') / 1000 },
      ['--depth=0', '--keep-younger-than=2026-01-02 12:00:00 +0000'],
    ],
    [
      'nothing before an old head, however young it is',
      { keepYoungerThan: Date.parse('2026-03-15T00:00:00Z') / 1000 },
      ['--keep-younger-than=2026-03-15 00:00:00 +0000'],
    ],
  ];
  test.each(cases)('%s', async (_name, options, flags) => {
    const [ours, theirs] = [copyOf('ours'), copyOf('theirs')];
    ostree('prune', `--repo=${theirs}`, '--refs-only', ...flags);
    const before = objectsOf(ours).length;
    const planned = await pruneAt(ours, { ...options, isDryRun: true });
    expect(objectsOf(ours)).toHaveLength(before);
    const result = await pruneAt(ours, options);
    expect(result).toEqual(planned);
    const kept = objectsOf(ours);
    expect(kept).toEqual(objectsOf(theirs));
    expect(result.prunedObjects).toBe(before - kept.length);
    expect(result.prunedObjects).toBeGreaterThan(0);
    ostree('fsck', `--repo=${ours}`);
  });
});

test('a commit that only the served summary names stays', async () => {
  const path = copyOf('served');
  ostree('refs', `--repo=${path}`, '--delete', 'os/next');
  const result = await pruneAt(path, { depth: 0 });
  const head = ostree('rev-parse', `--repo=${made}`, 'os/next');
  expect(result.prunedCommits).not.toContain(head);
  expect(existsSync(join(path, 'objects', head.slice(0, 2), `${head.slice(2)}.commit`))).toBe(true);
});

test('a pruned commit leaves a tombstone where the repository keeps them', async () => {
  const path = copyOf('tombstones');
  ostree('config', `--repo=${path}`, 'set', 'core.tombstone-commits', 'true');
  const theirs = copyOf('tombstones-theirs');
  ostree('config', `--repo=${theirs}`, 'set', 'core.tombstone-commits', 'true');
  ostree('prune', `--repo=${theirs}`, '--refs-only', '--depth=0');
  const { prunedCommits } = await pruneAt(path, { depth: 0 });
  expect(prunedCommits.length).toBeGreaterThan(0);
  for (const checksum of prunedCommits) {
    const file = join('objects', checksum.slice(0, 2), `${checksum.slice(2)}.tombstone-commit`);
    expect(readFileSync(join(path, file))).toEqual(readFileSync(join(theirs, file)));
  }
  ostree('fsck', `--repo=${path}`);
});

test('a delta goes with the commit that it leads to, the other stays', async () => {
  const path = copyOf('deltas');
  const parent = ostree('rev-parse', `--repo=${path}`, 'os/main^');
  const head = ostree('rev-parse', `--repo=${path}`, 'os/main');
  ostree('static-delta', 'generate', `--repo=${path}`, '--empty', `--to=${parent}`);
  ostree('static-delta', 'generate', `--repo=${path}`, `--from=${parent}`, `--to=${head}`);
  const { prunedDeltas } = await pruneAt(path, { depth: 0 });
  expect(prunedDeltas).toHaveLength(1);
  expect(ostree('static-delta', 'list', `--repo=${path}`)).toBe(`${parent}-${head}`);
});

test('a dirtree that is missing below a head stops it before anything is removed', async () => {
  const path = copyOf('damaged');
  const root = /d[0-7]{5} \S+ \S+ +\S+ ([0-9a-f]{64}) /.exec(
    ostree('ls', '-C', `--repo=${path}`, 'os/main', '/usr'),
  )?.[1];
  if (root === undefined) throw new Error('ostree ls shows no checksum');
  rmSync(join(path, 'objects', root.slice(0, 2), `${root.slice(2)}.dirtree`));
  const before = objectsOf(path);
  await expect(pruneAt(path, { depth: 0 })).rejects.toMatchObject({ code: 'ostree/object-missing' });
  expect(objectsOf(path)).toEqual(before);
});

test('killed at any call, it leaves a repository that is in order', async () => {
  for (let nth = 1; ; nth++) {
    const path = copyOf('killed');
    let calls = 0;
    const dying = new Proxy(nodeFs, {
      get: (port, name) => {
        const call = Reflect.get(port, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          if (name === 'unlink' || name === 'fsync' || name === 'syncfs' || name === 'rename') {
            if (++calls >= nth) throw Object.assign(new Error('EIO: planted'), { code: 'EIO' });
          }
          return call(...args);
        };
      },
    });
    const repo = openRepo(path, { fs: dying });
    const isDone = await prune(repo, { depth: 3 }).then(
      () => true,
      () => false,
    );
    repo.close();
    const after = openRepo(path);
    const { ok, problems } = await fsckRepo(after);
    after.close();
    expect(problems).toEqual([]);
    expect(ok).toBe(true);
    if (isDone) return;
    // The other tool's verdict costs a process each time.
    if (nth % 8 === 1) ostree('fsck', `--repo=${path}`);
  }
});

test('history ends where a parent is gone, and what a remote has not brought stands in nobody’s way', async () => {
  const path = copyOf('shallow');
  await pruneAt(path, { depth: 0 });
  mkdirSync(join(path, 'refs/remotes/origin'), { recursive: true });
  writeFileSync(join(path, 'refs/remotes/origin/main'), `${'e'.repeat(64)}\n`);
  const before = objectsOf(path);
  expect(await pruneAt(path)).toMatchObject({ prunedObjects: 0, objects: before.length });
  expect(objectsOf(path)).toEqual(before);
});

test('a repository that is locked is left as it is, after the time that the caller gives it', async () => {
  const path = copyOf('locked');
  const repo = openRepo(path);
  const lock = tryLockRepo(repo, 'shared');
  const before = objectsOf(path);
  await expect(pruneAt(path, { lockTimeoutSeconds: 0 })).rejects.toMatchObject({
    code: 'ostree/lock-timeout',
    message: expect.stringContaining(`${path} is locked by another process; gave up after 0 s`),
  });
  expect(objectsOf(path)).toEqual(before);
  lock?.release();
  repo.close();
});

test('what is no object, delta or mark stays; what is temporary stays where nothing is locked', async () => {
  const path = copyOf('others');
  const temporary = `tmp/treeline-${'0'.repeat(18)}`;
  rmSync(join(path, 'state'), { recursive: true });
  const others = ['objects/README', 'objects/lost+found/file', 'state/other', temporary];
  for (const name of others) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), 'not ours');
  }
  mkdirSync(join(path, 'objects/00'), { recursive: true });
  writeFileSync(join(path, 'objects/00/README'), 'not ours');
  const config = readFileSync(join(path, 'config'), 'utf8');
  writeFileSync(join(path, 'config'), `${config}locking=false\n`);
  expect((await pruneAt(path, { depth: 0 })).prunedObjects).toBeGreaterThan(0);
  for (const name of [...others, 'objects/00/README']) expect(existsSync(join(path, name)), name).toBe(true);
  writeFileSync(join(path, 'config'), config);
  await pruneAt(path, { depth: 0 });
  expect(existsSync(join(path, temporary))).toBe(false);
});

test('marks and signatures of commits that are not there go, unless an interrupted pull counts on them', async () => {
  const path = copyOf('litter');
  const absent = 'e'.repeat(64);
  mkdirSync(join(path, 'objects/ee'), { recursive: true });
  const litter = [`state/${absent}.commitpartial`, `objects/ee/${absent.slice(2)}.commitmeta`];
  for (const name of litter) writeFileSync(join(path, name), '');
  mkdirSync(join(path, 'tmp/staging-boot-x'));
  await pruneAt(path);
  expect(litter.map((name) => existsSync(join(path, name)))).toEqual([true, true]);
  rmSync(join(path, 'tmp/staging-boot-x'), { recursive: true });
  await pruneAt(path);
  expect(litter.map((name) => existsSync(join(path, name)))).toEqual([false, false]);
});

test('what somebody else removes at the same time is not counted, and stops nothing', async () => {
  const path = copyOf('raced');
  const planned = await pruneAt(path, { depth: 0, isDryRun: true });
  const [first, second] = planned.prunedCommits as [Checksum, Checksum];
  const mark = `state/${second}.commitpartial`;
  writeFileSync(join(path, mark), '');
  const fs = watchedFs(({ name, args }) => {
    const goes = String(args[0]);
    if (name === 'lstat' && goes.endsWith(`${first.slice(2)}.commit`)) rmSync(goes);
    if (name === 'unlink' && goes.endsWith(mark)) rmSync(goes);
  });
  const result = await pruneAt(path, { depth: 0 }, fs);
  expect(result.prunedObjects).toBe(planned.prunedObjects - 1);
  expect(result.prunedCommits).not.toContain(first);
  expect(existsSync(join(path, mark))).toBe(false);
  ostree('fsck', `--repo=${path}`);
});

test.each([
  ['what is reachable is looked for', 'readdir', 'refs/heads'],
  ['objects are looked at', 'readdir', 'objects'],
])('stopped while %s, nothing has gone', async (_when, call, where) => {
  const { path, objects } = makeWide(call + where.length);
  await expect(pruneStopped(path, call, where)).rejects.toThrow(withCode('ostree/aborted'));
  expect(objectsOf(path)).toHaveLength(objects);
});

test('stopped while objects are removed, the next one finds the rest', async () => {
  const { path, objects, unneeded } = makeWide('removing');
  await expect(pruneStopped(path, 'unlink', '.dirtree')).rejects.toThrow(withCode('ostree/aborted'));
  const left = objectsOf(path).length;
  expect(left).toBeLessThan(objects);
  expect(left).toBeGreaterThan(objects - unneeded);
  expect((await pruneAt(path)).prunedObjects).toBe(left - (objects - unneeded));
});

test('what cannot be read is named with the repository', async () => {
  const path = copyOf('unreadable');
  const fs = watchedFs(({ name, args }) => {
    if (name === 'readdir' && String(args[0]).endsWith('/state')) throw systemError('EIO', 'scandir');
  });
  await expect(pruneAt(path, {}, fs)).rejects.toMatchObject({
    code: 'ostree/io-failed',
    message: `pruning ${path} failed: scandir failed with EIO: check the disk`,
  });
});

/** As many folders as a walk goes through at a stretch, and some that nothing leads to. */
function makeWide(name: string): { path: string; objects: number; unneeded: number } {
  const hand = new HandMadeRepo(join(base, `wide-${name}`));
  const file = sha256(Buffer.from('a file that is not there'));
  const folder = (nth: number) => hand.dirtree({ files: [{ name: `${nth}`, checksum: file }], dirs: [] });
  const dirmeta = sha256(Buffer.from('nor is this'));
  const dirs = Array.from({ length: 500 }, (_, nth) => ({
    name: String(nth).padStart(3, '0'),
    dirtree: folder(nth),
    dirmeta,
  }));
  hand.commit(hand.dirtree({ files: [], dirs }));
  const unneeded = 250;
  for (let nth = 0; nth < unneeded; nth++) folder(1000 + nth);
  return { path: hand.path, objects: objectsOf(hand.path).length, unneeded };
}

/** Told to stop at the first call of a kind on a path of a kind. */
async function pruneStopped(path: string, call: string, where: string): Promise<unknown> {
  const stop = new AbortController();
  const fs = watchedFs(({ name, args }) => {
    if (name === call && String(args[0]).endsWith(where)) stop.abort();
  });
  return pruneAt(path, { signal: stop.signal }, fs);
}
