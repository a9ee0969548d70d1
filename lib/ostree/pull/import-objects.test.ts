import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bundleScript } from '../fixtures/bundle-script';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { inodeOf, objectFile } from '../fixtures/pull-fixture';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import type { Checksum } from '../format/checksum';
import type { FsPort } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { THREADS_PAY_FROM } from '../repo/object-batch';
import { openRepo, type Repo } from '../repo/open-repo';
import { commitState } from '../repo/read-commit';
import { enableThreads } from '../threads/thread-program';
import { pull } from './pull';

const folder = temporaryDirectory();
let large: HandMadeRepo;
let small: HandMadeRepo;
let files: Checksum[];
let largeHead: Checksum;
let smallHead: Checksum;
let targets = 0;
let open: Repo[] = [];

beforeAll(() => {
  large = new HandMadeRepo(join(folder, 'large'));
  files = Array.from({ length: THREADS_PAY_FROM }, (_, n) => symlink(large, n));
  largeHead = large.commit(treeOf(large, files));
  small = new HandMadeRepo(join(folder, 'small'));
  smallHead = small.commit(treeOf(small, [symlink(small, 0)]));
  const program = bundleScript(folder, `import './threads/engine-thread';`);
  enableThreads(() => pathToFileURL(program));
});
afterEach(() => {
  for (const repo of open) repo.close();
  open = [];
});
// As it was before: sources that run unbuilt have no threads.
afterAll(() => enableThreads(() => null));

/** In an archive a file as well, and one that is made without compressing anything. */
function symlink(repo: HandMadeRepo, n: number): Checksum {
  return repo.filez(new Uint8Array(0), {}, { ...PLAIN_FILE, mode: 0o120777, target: `target ${n}` });
}

function treeOf(repo: HandMadeRepo, content: readonly Checksum[]): Checksum {
  const entries = content.map((checksum, index) => ({ name: String(index).padStart(5, '0'), checksum }));
  return repo.dirtree({ files: entries, dirs: [] });
}

function newTarget(): string {
  const path = join(folder, `target-${targets++}`);
  initRepo(path);
  return path;
}

function opened(path: string, fs?: FsPort): Repo {
  const repo = openRepo(path, { fs });
  open.push(repo);
  return repo;
}

test.each([true, false])(
  'much content is linked on all cores as little is on one, hashed: %s',
  async (verifyObjects) => {
    const path = newTarget();
    const target = opened(path);
    const done: number[] = [];
    const result = await pull(opened(large.path), target, {
      commits: [largeHead],
      verifyObjects,
      onProgress: (progress) => done.push(progress.done),
    });
    // The files, the dirtree, the dirmeta, the commit.
    expect(result).toMatchObject({
      objectsLinked: THREADS_PAY_FROM + 3,
      objectsCopied: 0,
      objectsPresent: 0,
    });
    expect(Math.max(...done)).toBe(THREADS_PAY_FROM + 2);
    expect(commitState(target, largeHead)).toBe('complete');
    for (const checksum of files.slice(0, 100)) {
      const [from, to] = [large.path, path].map((repo) => inodeOf(objectFile(repo, checksum, 'filez')));
      expect(to).toBe(from);
    }
  },
);

test('a damaged object that a thread finds is named, and the target stays without the commit', async () => {
  const victim = files[1234] as Checksum;
  const path = objectFile(large.path, victim, 'filez');
  rmSync(path);
  writeFileSync(path, 'something else');
  const target = opened(newTarget());
  await expect(pull(opened(large.path), target, { commits: [largeHead] })).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(`${victim}.file in ${large.path} is damaged: `),
  });
  expect(commitState(target, largeHead)).toBe('absent');
  symlink(large, 1234);
});

test('no thread works on a repository with a file system of its own', async () => {
  let links = 0;
  const fs = watchedFs(({ name }) => {
    if (name === 'linkAt') links++;
  });
  await pull(opened(large.path), opened(newTarget(), fs), { commits: [largeHead], verifyObjects: false });
  expect(links).toBe(THREADS_PAY_FROM + 3);
});

test('a directory of objects/ that another pull makes first is as good', async () => {
  const path = newTarget();
  const made: string[] = [];
  const fs = watchedFs(({ name, args }) => {
    const fanout = /objects\/([0-9a-f]{2})$/.exec(String(args[0]))?.[1];
    if (name !== 'mkdir' || fanout === undefined) return;
    made.push(fanout);
    mkdirSync(join(path, 'objects', fanout));
  });
  const target = opened(path, fs);
  expect(await pull(opened(small.path), target, { commits: [smallHead] })).toMatchObject({
    objectsLinked: 4,
  });
  expect(made).toContain(smallHead.slice(0, 2));
  expect(commitState(target, smallHead)).toBe('complete');
});

test('one that can’t be made ends the pull', async () => {
  const fs = watchedFs(({ name, args }) => {
    if (name === 'mkdir' && String(args[0]).includes('/objects/')) throw systemError('EROFS', name);
  });
  await expect(
    pull(opened(small.path), opened(newTarget(), fs), { commits: [smallHead] }),
  ).rejects.toMatchObject({ code: 'ostree/repo-read-only' });
});
