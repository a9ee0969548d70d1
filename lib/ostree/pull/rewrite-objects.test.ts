import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { objectFile, PullFixture, visibleState } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { type FsPort, nodeFs } from '../fs-port';
import { commitState } from '../repo/read-commit';
import { type PullOptions, pull } from './pull';

let fixture: PullFixture;
afterEach(() => fixture.remove());

interface Prepared {
  head: Checksum;
  /** Of `/etc/config`. */
  checksum: string;
  /** Its file in the source, and where it comes to lie in the target. */
  inSource: string;
  inTarget: string;
  targetPath: string;
}

/** A source of one mode with a commit, and an empty target of another. */
function prepare(from: RepoMode, to: RepoMode): Prepared {
  fixture = new PullFixture(from);
  const head = fixture.commit('os/main', '--canonical-permissions');
  const checksum = fixture.checksumOf(head, '/etc/config');
  const targetPath = join(fixture.folder, 'other');
  fixture.init(targetPath, to);
  const extension = (mode: RepoMode) => (mode === 'archive' ? 'filez' : 'file');
  const inSource = objectFile(fixture.sourcePath, checksum, extension(from));
  return { head, checksum, inSource, inTarget: objectFile(targetPath, checksum, extension(to)), targetPath };
}

function pullHead(
  { head, targetPath }: Prepared,
  { from, into, ...options }: Partial<PullOptions> & { from?: FsPort; into?: FsPort } = {},
) {
  return pull(fixture.openSource(from), fixture.open(targetPath, into), { commits: [head], ...options });
}

const unhashed = { isFull: true, verifyObjects: false };

test('what lies in a target of another mode is looked at, where it is not to be hashed', async () => {
  const prepared = prepare('archive', 'bare-user');
  const { objectsCopied, objectsLinked } = await pullHead(prepared);
  expect(await pullHead(prepared, unhashed)).toMatchObject({
    objectsCopied: 0,
    objectsPresent: objectsCopied + objectsLinked,
  });
});

test.each([
  ['archive', 'bare-user', 'a directory', 'it is not a regular file'],
  ['bare-user', 'archive', 'an empty file', 'it is empty'],
] as const)('from %s into %s, %s in place of an object is refused', async (from, to, what, why) => {
  const prepared = prepare(from, to);
  await pullHead(prepared);
  if (what === 'an empty file') truncateSync(prepared.inTarget, 0);
  else {
    rmSync(prepared.inTarget);
    mkdirSync(prepared.inTarget);
  }
  await expect(pullHead(prepared, unhashed)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: `${prepared.checksum}.file in ${prepared.targetPath} is damaged: ${why}`,
  });
});

test('an empty file is a good object of a bare mode', async () => {
  const prepared = prepare('archive', 'bare-user');
  await pullHead(prepared);
  const empty = fixture.checksumOf(prepared.head, '/usr/share/nothing');
  expect(statSync(objectFile(prepared.targetPath, empty, 'file')).size).toBe(0);
  expect(await pullHead(prepared, unhashed)).toMatchObject({ objectsCopied: 0 });
});

test('one that goes while it is looked at is missing by name', async () => {
  const prepared = prepare('archive', 'bare-user');
  await pullHead(prepared);
  const { checksum, inTarget, targetPath } = prepared;
  const into = watchedFs(({ name, args }) => {
    if (name === 'lstat' && String(args[0]).includes(checksum.slice(2))) rmSync(inTarget);
  });
  await expect(pullHead(prepared, { ...unhashed, into })).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: `${checksum}.file is missing from ${targetPath}`,
  });
});

test.each([
  ['archive', 'bare-user'],
  ['bare-user', 'bare-user-only'],
] as const)('content that %s lacks is missing by name on its way into %s', async (from, to) => {
  const prepared = prepare(from, to);
  rmSync(prepared.inSource);
  const before = visibleState(prepared.targetPath);
  await expect(pullHead(prepared)).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: `${prepared.checksum}.file is missing from ${fixture.sourcePath}`,
  });
  expect(visibleState(prepared.targetPath)).toEqual(before);
});

test('content of bare-user that has lost its attribute is damaged by name on its way into bare-user-only', async () => {
  const prepared = prepare('bare-user', 'bare-user-only');
  copyFileSync(prepared.inSource, `${prepared.inSource}.plain`);
  renameSync(`${prepared.inSource}.plain`, prepared.inSource);
  await expect(pullHead(prepared)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: `${prepared.checksum}.file in ${fixture.sourcePath} is damaged: it has no user.ostreemeta attribute`,
  });
});

test('a disk that fails while it is found out whether a file can be linked ends the pull', async () => {
  const prepared = prepare('bare-user', 'bare-user-only');
  const from = watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).includes(prepared.checksum.slice(2)))
      throw systemError('EIO', name);
  });
  await expect(pullHead(prepared, { from })).rejects.toMatchObject({ code: 'ostree/io-failed' });
});

test('where copies are wanted, metadata is copied and content rewritten, whatever room its form in the source takes', async () => {
  const prepared = prepare('archive', 'bare-user');
  fixture.write('usr/share/noise', randomBytes(100_000));
  prepared.head = fixture.commit('os/main', '--canonical-permissions');
  writeFileSync(
    join(prepared.targetPath, 'config'),
    '[core]\nrepo_version=1\nmode=bare-user\nmin-free-space-percent=0\n',
  );
  const into: FsPort = {
    ...nodeFs,
    statfs: (path) => ({
      ...nodeFs.statfs(path),
      blockSizeBytes: 1,
      blocksFree: 50_000,
      blocksAvailable: 50_000,
    }),
  };
  const result = await pullHead(prepared, { isolation: 'copy', into });
  expect(result.objectsLinked).toBe(0);
  const [from, to] = [fixture.sourcePath, prepared.targetPath].map((path) =>
    statSync(objectFile(path, prepared.head, 'commit')),
  );
  expect(to?.ino).not.toBe(from?.ino);
  expect(commitState(fixture.open(prepared.targetPath), prepared.head)).toBe('complete');
  expect(readdirSync(join(prepared.targetPath, 'tmp'))).toEqual(['cache']);
});

test('others have their turn while one large file is rewritten', async () => {
  fixture = new PullFixture();
  const targetPath = join(fixture.folder, 'other');
  fixture.init(targetPath, 'bare-user');
  const source = new HandMadeRepo(join(fixture.folder, 'large'));
  const file = source.filez(Buffer.alloc(33 * 1024 * 1024));
  const head = source.commit(source.dirtree({ files: [{ name: 'a', checksum: file }], dirs: [] }));
  let isOver = false;
  let turns = 0;
  const count = () => {
    if (isOver) return;
    turns++;
    setImmediate(count);
  };
  // From the moment when the file is begun with, to that when all of it is written.
  const into = watchedFs(({ name }) => {
    if (name === 'write' && turns === 0) count();
    if (name === 'fchmod' && turns > 0) isOver = true;
  });
  await pull(fixture.open(source.path), fixture.open(targetPath, into), { commits: [head] });
  expect(turns).toBeGreaterThan(1);
  expect(statSync(objectFile(targetPath, file, 'file')).size).toBe(33 * 1024 * 1024);
});
