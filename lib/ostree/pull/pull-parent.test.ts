import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fsckClean, inodeOf, listFiles, objectFile, ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { diffCommits } from '../repo/diff-commits';
import { fsckRepo } from '../repo/fsck-repo';
import { listTree } from '../repo/list-tree';
import { commitState } from '../repo/read-commit';
import { resolveRev } from '../repo/resolve-rev';
import { walkHistory } from '../repo/walk-history';
import { pullRevs } from './pull-revs';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let fixture: PullFixture;
beforeEach(() => {
  fixture = new PullFixture();
});
afterEach(() => fixture.remove());

interface Family {
  child: string;
  parent: string;
  older: Checksum;
  newer: Checksum;
}

/** An archive that has the newer commit, and of what it needs only that which its parent, with the older one, has not. */
function makeFamily(parentMode: RepoMode = 'archive'): Family {
  const [child, parent] = [join(fixture.folder, 'child'), join(fixture.folder, 'parent')];
  fixture.init(child);
  fixture.init(parent, parentMode);
  const commit = (path: string, ...args: string[]) =>
    ostree('commit', `--repo=${path}`, '-b', 'os/main', ...args, fixture.tree).trim() as Checksum;
  const older = commit(parent);
  fixture.write('etc/config', 'version=2\n');
  fixture.write('etc/new', 'only in the child');
  const newer = commit(child, `--parent=${older}`);
  // ostree commits every object into the repository itself, whatever its parent has.
  const inParent = new Set(listFiles(join(parent, 'objects')).map((file) => file.replace(/\.filez?$/, '')));
  for (const file of listFiles(join(child, 'objects'))) {
    if (inParent.has(file.replace(/\.filez?$/, ''))) rmSync(join(child, 'objects', file));
  }
  appendFileSync(join(child, 'config'), `parent=${parent}\n`);
  return { child, parent, older, newer };
}

test.each(['archive', 'bare-user'] as const)('reading goes on in a parent of mode %s', async (mode) => {
  const { child, older, newer } = makeFamily(mode);
  const repo = fixture.open(child);
  const listed = listTree(repo, newer, { isRecursive: true }).map(
    ({ checksum, path }) => `${checksum} ${path}`,
  );
  const theirs = ostree('ls', '-R', '-C', `--repo=${child}`, newer).trim().split('\n');
  expect(listed).toEqual(
    theirs.map((line) => line.replace(/^\S+ \S+ \S+ +\S+ (\S+) (?:[0-9a-f]{64} )?([^ ]*).*$/, '$1 $2')),
  );
  expect([...walkHistory(repo, newer)].map(({ checksum }) => checksum)).toEqual([newer, older]);
  const { added, modified } = await diffCommits(repo, older, repo, newer);
  expect([...added, ...modified].map(({ path }) => path).sort()).toEqual(['/etc/config', '/etc/new']);
  expect(await fsckRepo(repo)).toMatchObject({ ok: true });
  expect(resolveRev(repo, `${newer}^`)).toBe(older);
});

test.each(['archive', 'bare-user'] as const)(
  'a pull brings what lies in a parent of mode %s',
  async (mode) => {
    const { child, parent, older, newer } = makeFamily(mode);
    const target = fixture.open(fixture.targetPath);
    const result = await pullRevs(fixture.open(child), target, ['os/main'], { depth: -1 });
    expect(result).toMatchObject({
      refs: [{ ref: 'os/main', from: null, to: newer }],
      commits: [older, newer],
    });
    fsckClean(fixture.targetPath);
    expect(await fsckRepo(target)).toMatchObject({ ok: true });
    // Each comes from the repository that has it, by link where the modes are the same.
    const inode = (path: string, commit: Checksum) => inodeOf(objectFile(path, commit, 'commit'));
    expect(inode(fixture.targetPath, older)).toBe(inode(parent, older));
    expect(inode(fixture.targetPath, newer)).toBe(inode(child, newer));
    expect(result.objectsCopied > 0).toBe(mode === 'bare-user');
  },
);

test('what is there already is not brought again from a repository with a parent', async () => {
  const { child, newer } = makeFamily();
  const [source, target] = [fixture.open(child), fixture.open(fixture.targetPath)];
  await pullRevs(source, target, ['os/main']);
  expect(await pullRevs(source, target, ['os/main'])).toMatchObject({
    refs: [{ ref: 'os/main', from: newer, to: newer }],
    commits: [],
    objectsLinked: 0,
    objectsPresent: 0,
  });
});

test('a commit that is partial in the parent is partial through its child', async () => {
  const { child, parent, older } = makeFamily();
  writeFileSync(join(parent, `state/${older}.commitpartial`), '');
  const repo = fixture.open(child);
  expect(commitState(repo, older)).toBe('partial');
  await expect(pullRevs(repo, fixture.open(fixture.targetPath), [older])).rejects.toMatchObject({
    code: 'ostree/commit-partial',
  });
});

test('what neither has is missing by name', async () => {
  const { child, parent, newer } = makeFamily();
  const tool =
    /([0-9a-f]{64}) \/usr\/bin\/tool/.exec(ostree('ls', '-RC', `--repo=${child}`, newer))?.[1] ?? '';
  rmSync(objectFile(parent, tool, 'filez'));
  await expect(
    pullRevs(fixture.open(child), fixture.open(fixture.targetPath), ['os/main']),
  ).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: expect.stringContaining(tool),
  });
});

test('a target with a parent comes to hold what is pulled itself', async () => {
  const { child, parent, older, newer } = makeFamily();
  const whole = fixture.openSource();
  await pullRevs(fixture.open(child), whole, ['os/main'], { depth: -1 });
  const target = fixture.open(child);
  await pullRevs(whole, target, ['os/main', older], { isFull: true });
  expect(existsSync(objectFile(child, older, 'commit'))).toBe(true);
  rmSync(join(parent, 'objects'), { recursive: true });
  writeFileSync(join(child, 'config'), '[core]\nrepo_version=1\nmode=archive-z2\n');
  const alone = fixture.open(child);
  expect(await fsckRepo(alone)).toMatchObject({ ok: true, problems: [] });
  expect(listTree(alone, newer, { isRecursive: true }).length).toBeGreaterThan(5);
  fsckClean(child);
});
