import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ostree, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { listAliases } from '../repo/list-aliases';
import { listCollectionRefs } from '../repo/list-collection-refs';
import { openRepo, type Repo } from '../repo/open-repo';
import { resolveRef, resolveRev } from '../repo/resolve-rev';
import { writeRefs } from '../write/write-refs';
import { pullRevs } from './pull-revs';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const COLLECTION = 'org.example.Os';
let fixture: PullFixture;
let head: Checksum;
let open: Repo[] = [];
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => {
  for (const repo of open) repo.close();
  open = [];
  fixture.remove();
});

function opened(path: string): Repo {
  const repo = openRepo(path);
  open.push(repo);
  return repo;
}

/** A repository of a collection, which `ostree` made. */
function collected(name: string, collectionId: string): string {
  const path = join(fixture.folder, name);
  ostree('init', '--mode=archive', `--repo=${path}`, `--collection-id=${collectionId}`);
  return path;
}

function inOstree(path: string): string[] {
  return ostree('refs', '--collections', `--repo=${path}`).trim().split('\n');
}

test('a ref of another collection is mirrored, one of its own is the repository’s', async () => {
  const [other, own] = [collected('other', 'org.example.Other'), collected('own', COLLECTION)];
  const source = collected('source-of', COLLECTION);
  await pullRevs(opened(fixture.sourcePath), opened(source), ['os/main']);
  const name = `(${COLLECTION}, os/main)`;
  const { refs } = await pullRevs(opened(source), opened(other), [name]);
  expect(refs).toEqual([{ ref: name, from: null, to: head }]);
  expect(readFileSync(join(other, `refs/mirrors/${COLLECTION}/os/main`), 'utf8')).toBe(`${head}\n`);
  expect(inOstree(other)).toEqual([name]);
  await pullRevs(opened(source), opened(own), [`${COLLECTION}:os/main`]);
  expect(readFileSync(join(own, 'refs/heads/os/main'), 'utf8')).toBe(`${head}\n`);
  expect(inOstree(own)).toEqual([name]);
  // From the mirror it goes on, under either name.
  const plain = opened(fixture.targetPath);
  await pullRevs(opened(other), plain, [name]);
  expect(resolveRef(plain, name)).toBe(head);
  expect(resolveRev(plain, `${COLLECTION}:os/main`)).toBe(head);
  expect(resolveRef(plain, 'os/main')).toBeNull();
  for (const repo of open) {
    const listed = listCollectionRefs(repo).map(({ collectionId, ref }) => `(${collectionId}, ${ref})`);
    expect(listed, repo.path).toEqual(inOstree(repo.path).filter((line) => line !== ''));
  }
});

test('a remote’s refs move where they are asked for, as with ostree pull-local --remote', async () => {
  const target = opened(fixture.targetPath);
  const { refs } = await pullRevs(opened(fixture.sourcePath), target, ['os/main'], { remote: 'origin' });
  expect(refs).toEqual([{ ref: 'origin:os/main', from: null, to: head }]);
  const theirs = join(fixture.folder, 'theirs');
  fixture.init(theirs);
  ostree('pull-local', `--repo=${theirs}`, '--remote=origin', fixture.sourcePath, 'os/main');
  const refsOf = (path: string) => ostree('refs', `--repo=${path}`);
  expect(refsOf(fixture.targetPath)).toBe(refsOf(theirs));
  expect(ostree('rev-parse', `--repo=${fixture.targetPath}`, 'origin:os/main').trim()).toBe(head);
  expect(resolveRev(target, 'os/main')).toBe(head);
  // From there they come under the same name, and go on.
  const next = join(fixture.folder, 'next');
  fixture.init(next);
  await pullRevs(target, opened(next), ['origin:os/main']);
  expect(refsOf(next)).toBe(refsOf(theirs));
});

test('a remote that has the name of a collection is a remote', async () => {
  const target = opened(fixture.targetPath);
  mkdirSync(join(fixture.targetPath, `refs/remotes/${COLLECTION}`));
  await pullRevs(opened(fixture.sourcePath), target, [head]);
  writeRefs(target, [{ ref: `${COLLECTION}:os/main`, expected: null, to: head }]);
  expect(existsSync(join(fixture.targetPath, `refs/remotes/${COLLECTION}/os/main`))).toBe(true);
});

test.each([
  ['a remote that climbs', '..:os/main'],
  ['a ref that climbs out of a remote', 'origin:../../heads/x'],
  ['a collection that is none', '(nonsense, os/main)'],
  ['a ref that climbs out of a collection', `(${COLLECTION}, ../../heads/x)`],
  ['a remote in other letters', 'größe:os/main'],
  ['no remote', ':os/main'],
  ['no ref', 'origin:'],
])('%s is refused', async (_what, name) => {
  const target = opened(fixture.targetPath);
  await pullRevs(opened(fixture.sourcePath), target, [head]);
  const before = visibleState(fixture.targetPath);
  expect(() => writeRefs(target, [{ ref: name, expected: undefined, to: head }])).toThrow(
    expect.objectContaining({ code: 'ostree/ref-invalid' }),
  );
  expect(visibleState(fixture.targetPath)).toEqual(before);
});

test('an alias is read, listed and never replaced', async () => {
  fixture.write('etc/config', 'version=2\n');
  ostree('refs', `--repo=${fixture.sourcePath}`, '--alias', 'os/main', '--create=os/stable');
  const [source, target] = [opened(fixture.sourcePath), opened(fixture.targetPath)];
  expect(listAliases(source)).toEqual([{ ref: 'os/stable', target: 'os/main' }]);
  expect(ostree('refs', '-A', `--repo=${fixture.sourcePath}`).trim()).toBe('os/stable -> os/main');
  // Under the alias's name comes what it leads to.
  await pullRevs(source, target, ['os/stable']);
  expect(resolveRef(target, 'os/stable')).toBe(head);
  const newer = fixture.commit();
  expect(resolveRef(source, 'os/stable')).toBe(newer);
  symlinkSync('stable', join(fixture.targetPath, 'refs/heads/os/latest'));
  const before = visibleState(fixture.targetPath);
  await expect(pullRevs(source, target, ['os/main', newer])).resolves.toBeDefined();
  await expect(
    (async () => writeRefs(target, [{ ref: 'os/latest', expected: head, to: newer }]))(),
  ).rejects.toMatchObject({ code: 'ostree/ref-conflict', message: expect.stringContaining('alias') });
  expect(lstatSync(join(fixture.targetPath, 'refs/heads/os/latest')).isSymbolicLink()).toBe(true);
  expect(visibleState(fixture.targetPath)['refs/heads/os/latest']).toBe(before['refs/heads/os/latest']);
});

test('a ref that could not be written brings nothing', async () => {
  writeFileSync(join(fixture.sourcePath, 'refs/heads/tmp.abc123'), `${head}\n`);
  mkdirSync(join(fixture.targetPath, 'refs/heads/os'));
  symlinkSync('stable', join(fixture.targetPath, 'refs/heads/os/main'));
  const [source, target] = [opened(fixture.sourcePath), opened(fixture.targetPath)];
  for (const [name, code] of [
    ['tmp.abc123', 'ostree/ref-invalid'],
    [head.slice(0, 12), 'ostree/ref-invalid'],
  ] as const) {
    await expect(pullRevs(source, target, [name]), name).rejects.toMatchObject({ code });
  }
  writeFileSync(join(fixture.targetPath, 'refs/heads/os/stable'), `${head}\n`);
  await expect(pullRevs(source, target, ['os/main'])).rejects.toMatchObject({ code: 'ostree/ref-conflict' });
  expect(readdirSync(join(fixture.targetPath, 'objects'))).toEqual([]);
});

test('refs of remotes and collections are moved by compare and swap, and keep what they name from a prune', async () => {
  const target = opened(fixture.targetPath);
  await pullRevs(opened(fixture.sourcePath), target, ['os/main'], { remote: 'origin' });
  const write = (expected: Checksum | null) => () =>
    writeRefs(target, [{ ref: 'origin:os/main', expected, to: head }]);
  expect(write(null)).toThrow(expect.objectContaining({ code: 'ostree/ref-moved' }));
  expect(write(head)).not.toThrow();
  expect(() => writeRefs(target, [{ ref: 'origin:os', expected: null, to: head }])).toThrow(
    expect.objectContaining({ code: 'ostree/ref-conflict' }),
  );
  writeFileSync(join(fixture.targetPath, 'config'), '[core]\nrepo_version=1\nmode=archive-z2\n');
  ostree('prune', '--refs-only', `--repo=${fixture.targetPath}`);
  ostree('fsck', '--quiet', `--repo=${fixture.targetPath}`);
  expect(ostree('rev-parse', `--repo=${fixture.targetPath}`, 'origin:os/main').trim()).toBe(head);
});
