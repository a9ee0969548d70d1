import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../../fixtures/faulty-fs';
import { HandMadeRepo, PLAIN_DIRMETA } from '../../fixtures/hand-made-repo';
import { listFiles, objectFile, visibleState } from '../../fixtures/pull-fixture';
import { StaticServer } from '../../fixtures/static-server';
import { temporaryDirectory } from '../../fixtures/temporary-directory';
import { type Checksum, sha256 } from '../../format/checksum';
import { objectPath } from '../../format/object-path';
import type { FsPort } from '../../fs-port';
import { initRepo } from '../../repo/init-repo';
import { openRepo, type Repo } from '../../repo/open-repo';
import { commitState } from '../../repo/read-commit';
import { Pacer } from '../pacer';
import { FetchStaging } from './fetch-staging';
import { FetchedObjects } from './fetched-objects';
import { pullOverHttp } from './pull-over-http';
import { parseRemoteUrl } from './remote-url';

const folder = temporaryDirectory();
let source: HandMadeRepo;
let server: StaticServer;
let file: Checksum;
let dirtree: Checksum;
let head: Checksum;
let targetPath: string;
let targets = 0;
let open: Repo[] = [];
beforeAll(async () => {
  source = new HandMadeRepo(join(folder, 'source'));
  file = source.filez(Buffer.from('content'));
  dirtree = source.dirtree({ files: [{ name: 'a', checksum: file }], dirs: [] });
  head = source.commit(dirtree);
  server = await StaticServer.start(source.path);
});
afterAll(() => server.stop());
beforeEach(() => {
  targetPath = join(folder, `target-${targets++}`);
  initRepo(targetPath);
  server.takeRequests();
});
afterEach(() => {
  for (const repo of open) repo.close();
  open = [];
});

function opened(fs?: FsPort): Repo {
  const target = openRepo(targetPath, { fs });
  open.push(target);
  return target;
}

function pulled(fs?: FsPort) {
  return pullOverHttp(parseRemoteUrl(server.url), opened(fs), ['os/main'], { backoffMilliseconds: 1 });
}

/** A port on which another writer gives each object its name right before we do. */
function overtaken(place: (staged: string, to: string) => void): FsPort {
  return watchedFs(({ name, args }) => {
    const [staged, to] = args.map(String) as [string, string];
    if (name === 'link' && to.includes('/objects/')) place(staged, to);
  });
}

test('where somebody else was faster, theirs is taken if it is as good', async () => {
  await pulled(overtaken(copyFileSync));
  expect(commitState(opened(), head)).toBe('complete');
  expect(listFiles(join(targetPath, 'tmp'))).toEqual([]);
});

test('and is refused, and left to fsck, if it is not', async () => {
  const fs = overtaken((_staged, to) => writeFileSync(to, 'something else'));
  await expect(pulled(fs)).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(`${file}.file in ${targetPath} is damaged: `),
  });
  expect(readFileSync(objectFile(targetPath, file, 'filez'), 'utf8')).toBe('something else');
  expect(listFiles(join(targetPath, 'tmp'))).toEqual([]);
});

test('a name that can’t be given ends the pull and leaves nothing temporary', async () => {
  const before = visibleState(targetPath);
  const fs = overtaken(() => {
    throw systemError('EIO', 'link');
  });
  await expect(pulled(fs)).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(visibleState(targetPath)).toEqual(before);
});

test('what would come to much is given its name before more of it comes', async () => {
  const target = opened();
  const staging = FetchStaging.open(target, server.url);
  const counts = { objectsLinked: 0, objectsCopied: 0, objectsPresent: 0, bytesCopied: 0 };
  const staged = new FetchedObjects(target, staging, counts);
  const files = ['11', '22'].map((digits) => digits.repeat(32) as Checksum) as [Checksum, Checksum];
  for (const checksum of files) staging.write(checksum, 'file', Buffer.from('fetched'));
  await staged.addFile(files[0], 1, new Pacer({}));
  expect(listFiles(join(targetPath, 'objects'))).toEqual([]);
  await staged.addFile(files[1], 256 * 1024 * 1024, new Pacer({}));
  expect(listFiles(join(targetPath, 'objects')).map((path) => basename(dirname(path)))).toEqual(['11', '22']);
  staged.close();
  staging.close();
  expect(readdirSync(join(targetPath, 'tmp'))).toEqual(['cache']);
});

/** What a killed pull has fetched. */
function leave(): (path: string) => string {
  const left = join(targetPath, 'tmp/treeline-fetch-left');
  const objects = [
    objectPath(file, 'file', 'archive'),
    objectPath(dirtree, 'dirtree', 'archive'),
    objectPath(sha256(PLAIN_DIRMETA), 'dirmeta', 'archive'),
    objectPath(head, 'commit', 'archive'),
  ];
  for (const path of objects) {
    mkdirSync(dirname(join(left, path)), { recursive: true });
    copyFileSync(join(source.path, path), join(left, path));
  }
  writeFileSync(join(left, 'lock'), '');
  return (path) => join(left, path);
}

test('of what a killed pull left only the bad is fetched again', async () => {
  leave();
  const objectsAsked = () =>
    server.takeRequests().filter((path) => /filez|dirtree|dirmeta|commit$/.test(path));
  await pulled();
  expect(objectsAsked()).toEqual([]);
  targetPath = join(folder, `target-${targets++}`);
  initRepo(targetPath);
  const bad = [objectPath(file, 'file', 'archive'), objectPath(dirtree, 'dirtree', 'archive')];
  const inLeft = leave();
  for (const path of bad) writeFileSync(inLeft(path), 'torn');
  await pulled();
  expect(objectsAsked().sort()).toEqual(bad.sort());
  expect(commitState(opened(), head)).toBe('complete');
});

test('of content that came whole, and was not yet known to be, nothing is asked for', async () => {
  const left = join(targetPath, 'tmp/treeline-fetch-left');
  mkdirSync(join(left, 'parts'), { recursive: true });
  writeFileSync(join(left, 'lock'), '');
  copyFileSync(objectFile(source.path, file, 'filez'), join(left, 'parts', file));
  await pulled();
  expect(server.takeRequests().filter((path) => path.endsWith('.filez'))).toEqual([]);
  expect(readFileSync(objectFile(targetPath, file, 'filez'))).toEqual(
    readFileSync(objectFile(source.path, file, 'filez')),
  );
});

test('a disk that fails to read what was left ends the pull', async () => {
  leave();
  const fs = watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).includes(file.slice(2))) throw systemError('EIO', name);
  });
  await expect(pulled(fs)).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(listFiles(join(targetPath, 'tmp'))).toEqual([]);
});
