import { unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HandMadeRepo, PLAIN_DIRMETA } from '../fixtures/hand-made-repo';
import { fsckClean, listFiles } from '../fixtures/pull-fixture';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { diffCommits } from '../repo/diff-commits';
import { fsckRepo } from '../repo/fsck-repo';
import { initRepo } from '../repo/init-repo';
import { listTree } from '../repo/list-tree';
import { openRepo } from '../repo/open-repo';
import { prune } from '../write/prune';
import { writeRefs } from '../write/write-refs';
import { countPull, pull } from './pull';

const folder = temporaryDirectory();

/** A commit whose tree has `levels` levels, each with `names.length` entries that are one and the same child. */
function commitLevels(
  made: HandMadeRepo,
  levels: number,
  names: readonly string[],
  content: string,
): Checksum {
  const dirmeta = made.put('dirmeta', PLAIN_DIRMETA);
  let child = made.dirtree({ files: [{ name: 'f', checksum: made.filez(Buffer.from(content)) }], dirs: [] });
  for (let level = 0; level < levels; level++) {
    child = made.dirtree({ files: [], dirs: names.map((name) => ({ name, dirtree: child, dirmeta })) });
  }
  return made.commit(child, { subject: content });
}

test('a tree of 2^30 paths is counted, pulled, checked and pruned as the 34 objects that it is (R-13)', async () => {
  const made = new HandMadeRepo(`${folder}/wide`);
  const first = commitLevels(made, 30, ['a', 'b'], 'x');
  const second = commitLevels(made, 30, ['a', 'b'], 'y');
  initRepo(`${folder}/target`, { mode: 'archive' });
  const source = openRepo(made.path);
  const target = openRepo(`${folder}/target`);
  expect((await countPull(source, target, { commits: [first] })).newObjects).toBe(34);
  expect((await pull(source, target, { commits: [first] })).objectsLinked).toBe(34);
  writeRefs(target, [{ ref: 'os/main', expected: null, to: first }]);
  // All but the dirmeta is another; what is above a changed file is walked once for each object, not each path.
  expect(await pull(source, target, { commits: [second] })).toMatchObject({
    objectsLinked: 33,
    objectsPresent: 0,
  });
  writeRefs(target, [{ ref: 'os/main', expected: first, to: second }]);
  expect(await fsckRepo(target)).toEqual({ ok: true, objects: 67, problems: [] });
  fsckClean(target.path);
  expect(listTree(target, second, { isRecursive: true, maxEntries: 5000 })).toHaveLength(5000);
  await prune(target);
  expect(listFiles(`${target.path}/objects`)).toHaveLength(34);
  unlinkSync(`${target.path}/refs/heads/os/main`);
  await prune(target);
  expect(listFiles(`${target.path}/objects`)).toEqual([]);
  source.close();
  target.close();
});

test('a diff of two such trees, which differ in 2^30 places, can be stopped', async () => {
  const made = new HandMadeRepo(`${folder}/diff`);
  const commits = ['x', 'y'].map((content) => commitLevels(made, 30, ['a', 'b'], content));
  const repo = openRepo(made.path);
  const controller = new AbortController();
  const diff = diffCommits(repo, commits[0] as Checksum, repo, commits[1] as Checksum, {
    maxRows: 10,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 50);
  await expect(diff).rejects.toEqual(withCode('ostree/aborted'));
  repo.close();
});

test('a tree deeper than any path is pulled, refused where paths are asked for, and reported', async () => {
  const made = new HandMadeRepo(`${folder}/deep`);
  const commit = commitLevels(made, limits.treeDepthMax + 10, ['d'], 'x');
  initRepo(`${folder}/deep-target`, { mode: 'archive' });
  const source = openRepo(made.path);
  const target = openRepo(`${folder}/deep-target`);
  await pull(source, target, { commits: [commit] });
  expect(() => listTree(target, commit, { isRecursive: true })).toThrow(withCode('ostree/object-corrupt'));
  const { ok, problems } = await fsckRepo(target);
  expect(ok).toBe(false);
  expect(problems).toMatchObject([
    { code: 'ostree/object-corrupt', commit, message: expect.stringContaining('deeper than 2048') },
  ]);
  source.close();
  target.close();
});
