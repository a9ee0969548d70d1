import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ostree } from '../fixtures/pull-fixture';
import { makeRandomTree } from '../fixtures/random-tree';
import type { RepoMode } from '../format/object-path';
import { fsckRepo } from '../repo/fsck-repo';
import { initRepo } from '../repo/init-repo';
import { listTree } from '../repo/list-tree';
import { openRepo } from '../repo/open-repo';
import { commitDirectory } from '../write/commit-tree';
import { pullWithLocks } from './pull';

/** Every ordered pair of modes stands here once, one behind the other. */
const WAY: readonly RepoMode[] = [
  'archive',
  'bare',
  'archive',
  'bare-user',
  'archive',
  'bare-user-only',
  'archive',
  'bare',
  'bare-user',
  'bare',
  'bare-user-only',
  'bare',
  'bare-user',
  'bare-user-only',
  'bare-user',
  'archive',
];
const base = mkdtempSync(join(tmpdir(), 'modes-deep-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('a tree that goes from mode to mode stays what it was', { timeout: 600_000 }, async () => {
  for (let round = 0; round < 5; round++) {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.info(`round ${round}: seed ${seed}`);
    const folder = join(base, String(round));
    mkdirSync(folder);
    const tree = join(folder, 'tree');
    const path = (at: number) => join(folder, `repo-${at}`);
    makeRandomTree(tree, seed, true);
    for (const [at, mode] of WAY.entries()) initRepo(path(at), { mode });
    const first = openRepo(path(0));
    const timestamp = 1_700_000_000;
    const head = await commitDirectory(first, {
      tree,
      ref: 'os/main',
      parent: null,
      timestamp,
      isCanonical: true,
    });
    const listed = listTree(first, head, { isRecursive: true });
    first.close();
    for (let at = 1; at < WAY.length; at++) {
      const [from, to] = [openRepo(path(at - 1)), openRepo(path(at))];
      await pullWithLocks(from, to, { commits: [head] });
      expect(listTree(to, head, { isRecursive: true }), `seed ${seed}, step ${at}`).toEqual(listed);
      expect((await fsckRepo(to)).problems, `seed ${seed}, step ${at}`).toEqual([]);
      ostree('fsck', '--quiet', `--repo=${path(at)}`);
      for (const repo of [from, to]) repo.close();
    }
    rmSync(folder, { recursive: true });
  }
});
