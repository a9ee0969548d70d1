import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { inodesOf, makeOddTree } from '../fixtures/odd-tree';
import { fsckClean, inodeOf, objectFile, ostree, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { nodeFs } from '../fs-port';
import { fsckRepo } from '../repo/fsck-repo';
import { listTree } from '../repo/list-tree';
import { openRepo } from '../repo/open-repo';
import { commitState } from '../repo/read-commit';
import { type PullOptions, pullWithLocks } from './pull';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

/** The others are in the deep tests. */
const PAIRS = [
  ['archive', 'bare'],
  ['archive', 'bare-user'],
  ['archive', 'bare-user-only'],
  ['bare', 'archive'],
  ['bare-user', 'archive'],
  ['bare-user-only', 'archive'],
  ['bare-user', 'bare-user-only'],
] as const;
let fixture: PullFixture;
beforeEach(() => {
  fixture = new PullFixture('archive');
  makeOddTree(fixture.tree);
});
afterEach(() => fixture.remove());

/** A repository of that mode with a commit of the tree, made by ostree, and empty ones of another. */
function prepare(
  from: RepoMode,
  to: RepoMode,
): { head: Checksum; source: string; target: string; theirs: string } {
  const [source, target, theirs] = ['from', 'to', 'theirs'].map((name) => join(fixture.folder, name)) as [
    string,
    string,
    string,
  ];
  fixture.init(source, from);
  for (const path of [target, theirs]) fixture.init(path, to);
  // What bare-user-only cannot keep is another test's.
  const flags = [from, to].includes('bare-user-only') ? ['--canonical-permissions'] : [];
  const head = ostree(
    'commit',
    `--repo=${source}`,
    '-b',
    'os/main',
    ...flags,
    fixture.tree,
  ).trim() as Checksum;
  return { head, source, target, theirs };
}

async function pullInto(target: string, source: string, head: Checksum, options: Partial<PullOptions> = {}) {
  const [from, to] = [openRepo(source), openRepo(target)];
  try {
    return await pullWithLocks(from, to, { commits: [head], ...options });
  } finally {
    from.close();
    to.close();
  }
}

function fsckOurs(path: string) {
  const repo = openRepo(path);
  return fsckRepo(repo).finally(() => repo.close());
}

describe.each(PAIRS)('from %s into %s', (from, to) => {
  test('a commit comes as ostree pull-local brings it', async () => {
    // ostree would link it with the bit that lets its owner read it, and its checksum would be another one.
    if (from === 'bare-user' && to === 'bare-user-only')
      chmodSync(join(fixture.tree, 'usr/for-nobody'), 0o600);
    const { head, source, target, theirs } = prepare(from, to);
    const result = await pullInto(target, source, head);
    ostree('pull-local', `--repo=${theirs}`, source, 'os/main');
    expect(inodesOf(target, to)).toEqual(inodesOf(theirs, to));
    expect(await fsckOurs(target)).toMatchObject({ ok: true, problems: [] });
    fsckClean(target);
    // Metadata is the same file in both, content is not.
    expect(result.objectsCopied).toBeGreaterThan(0);
    const commit = (path: string) => inodeOf(objectFile(path, head, 'commit'));
    expect(commit(target)).toBe(commit(source));
    expect(readdirSync(join(target, 'tmp'))).toEqual(['cache']);
    const again = await pullInto(target, source, head, { isFull: true });
    expect(again).toMatchObject({ objectsCopied: 0, objectsLinked: 0 });
    expect(again.objectsPresent).toBe(result.objectsCopied + result.objectsLinked);
  });
});

test('there and back: what was rewritten twice is the same commit again', async () => {
  const { head, source, target } = prepare('archive', 'bare-user');
  await pullInto(target, source, head);
  const back = join(fixture.folder, 'back');
  fixture.init(back, 'archive');
  await pullInto(back, target, head);
  fsckClean(back);
  const [first, last] = [openRepo(source), openRepo(back)];
  const list = (repo: typeof first) => listTree(repo, head, { isRecursive: true });
  expect(list(last)).toEqual(list(first));
  for (const repo of [first, last]) repo.close();
});

test('a file of bare-user that is one of bare-user-only as it lies is linked, the others are not', async () => {
  const { head, source, target } = prepare('bare-user', 'bare-user-only');
  await pullInto(target, source, head);
  const repo = openRepo(target);
  const tree = listTree(repo, head, { isRecursive: true });
  repo.close();
  const isLinked = (path: string) => {
    const entry = tree.find((one) => one.path === path);
    return statSync(objectFile(target, entry?.checksum ?? '', 'file')).nlink > 1;
  };
  expect(isLinked('/usr/bin/sudo')).toBe(true);
  expect(isLinked('/usr/large')).toBe(true);
  // Its inode in bare-user has a bit more than it says, so that its owner can read it.
  if (process.getuid?.() === 0) expect(isLinked('/usr/for-nobody')).toBe(false);
});

test('what bare-user-only cannot keep is refused by name, and nothing is left behind', async () => {
  const head = fixture.commit();
  const target = join(fixture.folder, 'only');
  fixture.init(target, 'bare-user-only');
  const before = visibleState(target);
  await expect(pullInto(target, fixture.sourcePath, head)).rejects.toMatchObject({
    code: 'ostree/mode-mismatch',
    message: expect.stringMatching(/^[0-9a-f]{64}\.file cannot come into .*only: bare-user-only cannot keep/),
  });
  expect(visibleState(target)).toEqual(before);
});

test.each(['bare-user', 'bare-user-only', 'bare'] as const)(
  'damaged content is refused on its way into %s, whether or not objects are to be hashed',
  async (to) => {
    const { head, source, target } = prepare('archive', to);
    const large =
      /([0-9a-f]{64}) [^\n]*\/usr\/large/.exec(ostree('ls', '-RC', `--repo=${source}`, head))?.[1] ?? '';
    const path = objectFile(source, large, 'filez');
    const bytes = readFileSync(path);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 0x40;
    writeFileSync(path, bytes);
    const before = visibleState(target);
    for (const verifyObjects of [true, false]) {
      await expect(pullInto(target, source, head, { verifyObjects })).rejects.toMatchObject({
        code: 'ostree/object-corrupt',
        message: expect.stringContaining(large),
      });
      expect(visibleState(target)).toEqual(before);
    }
  },
);

test('a bad object under the right name in the target is refused, not counted as present', async () => {
  const { head, source, target } = prepare('archive', 'bare-user');
  await pullInto(target, source, head);
  const name =
    /([0-9a-f]{64}) [^\n]*\/etc\/config/.exec(ostree('ls', '-RC', `--repo=${source}`, head))?.[1] ?? '';
  writeFileSync(objectFile(target, name, 'file'), 'something else');
  await expect(pullInto(target, source, head, { isFull: true })).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(name),
  });
});

test('a disk that fills up, or takes no attributes, leaves the target as it was', async () => {
  const { head, source, target } = prepare('archive', 'bare-user');
  for (const [call, errno, code] of [
    ['write', 'ENOSPC', 'ostree/no-space'],
    ['setXattr', 'EOPNOTSUPP', 'ostree/io-failed'],
    ['syncfs', 'EIO', 'ostree/io-failed'],
  ] as const) {
    const before = visibleState(target);
    let calls = 0;
    const fs = watchedFs(({ name }) => {
      if (name === call && ++calls === 2) throw systemError(errno, call);
    });
    const [from, to] = [openRepo(source), openRepo(target, { fs })];
    await expect(pullWithLocks(from, to, { commits: [head] })).rejects.toMatchObject({ code });
    for (const repo of [from, to]) repo.close();
    expect(visibleState(target)).toEqual(before);
    expect(readdirSync(join(target, 'tmp'))).toEqual(['cache']);
  }
  await pullInto(target, source, head);
  fsckClean(target);
});

test('content never has its name before it is durable', async () => {
  const { head, source, target } = prepare('archive', 'bare-user');
  let isDurable = true;
  const early: string[] = [];
  const fs = watchedFs(({ name, args }) => {
    if (name === 'write') isDurable = false;
    if (name === 'syncfs' || name === 'fsync') isDurable = true;
    if (name === 'link' && !isDurable) early.push(String(args[1]));
  });
  const [from, to] = [openRepo(source), openRepo(target, { fs })];
  await pullWithLocks(from, to, { commits: [head] });
  expect(early).toEqual([]);
  expect(commitState(to, head)).toBe('complete');
  for (const repo of [from, to]) repo.close();
});

test('a repository without room for the content refuses it before it writes', async () => {
  const { head, source, target } = prepare('archive', 'bare-user');
  writeFileSync(
    join(target, 'config'),
    '[core]\nrepo_version=1\nmode=bare-user\nmin-free-space-size=900000TB\n',
  );
  await expect(pullInto(target, source, head)).rejects.toMatchObject({ code: 'ostree/no-space' });
  expect(readdirSync(join(target, 'tmp'))).toEqual(['cache']);
  expect(nodeFs.lstat(join(target, 'state', `${head}.commitpartial`))).toBeNull();
});
