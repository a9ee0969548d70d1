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
import { runOstree } from '../fixtures/run-ostree';
import { nodeFs } from '../fs-port';
import { fsckRepo } from '../repo/fsck-repo';
import { openRepo } from '../repo/open-repo';
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

async function pruneAt(path: string, options: PruneOptions = {}) {
  const repo = openRepo(path);
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
