import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { inodesOf, makeOddTree } from '../fixtures/odd-tree';
import { ostree } from '../fixtures/pull-fixture';
import { makeRandomTree } from '../fixtures/random-tree';
import type { RepoMode } from '../format/object-path';
import { fsckRepo } from '../repo/fsck-repo';
import { initRepo } from '../repo/init-repo';
import { openRepo } from '../repo/open-repo';
import { type CommitOptions, commitDirectory } from './commit-tree';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const MODES: readonly RepoMode[] = ['archive', 'bare', 'bare-user', 'bare-user-only'];
const base = mkdtempSync(join(tmpdir(), 'commit-modes-'));
const tree = join(base, 'tree');
const timestamp = Date.parse('2026-03-01T12:00:00Z') / 1000;
afterAll(() => rmSync(base, { recursive: true, force: true }));

beforeAll(() => makeOddTree(tree));

async function commitBoth(
  mode: RepoMode,
  from: string,
  options: Partial<CommitOptions> = {},
  flags: string[] = [],
) {
  const folder = mkdtempSync(join(base, `${mode}-`));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  initRepo(ours, { mode });
  const repo = openRepo(ours);
  const checksum = await commitDirectory(repo, {
    tree: from,
    ref: 'os/main',
    parent: null,
    timestamp,
    ...options,
  });
  const { problems } = await fsckRepo(repo);
  repo.close();
  ostree('init', `--repo=${theirs}`, `--mode=${mode}`);
  const expected = ostree(
    ...['commit', `--repo=${theirs}`, '--branch=os/main', `--tree=dir=${from}`],
    ...['--timestamp=2026-03-01 12:00:00 +0000', ...flags],
  ).trim();
  return { ours, theirs, checksum, expected, problems };
}

test.each(MODES)('a directory committed into %s lies there as ostree commit puts it', async (mode) => {
  const { ours, theirs, checksum, expected, problems } = await commitBoth(mode, tree);
  expect(checksum).toBe(expected);
  expect(inodesOf(ours, mode)).toEqual(inodesOf(theirs, mode));
  expect(problems).toEqual([]);
  ostree('fsck', '--quiet', `--repo=${ours}`);
  expect(readdirSync(join(ours, 'tmp'))).toEqual(['cache']);
});

test.each(MODES)('a random tree into %s as well', async (mode) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const from = join(base, `random-${mode}`);
  makeRandomTree(from, seed, true);
  const { ours, theirs, checksum, expected, problems } = await commitBoth(mode, from);
  expect(checksum, `seed ${seed}`).toBe(expected);
  expect(inodesOf(ours, mode), `seed ${seed}`).toEqual(inodesOf(theirs, mode));
  expect(problems, `seed ${seed}`).toEqual([]);
});

test('canonical permissions where they are asked for', async () => {
  const { ours, theirs, checksum, expected } = await commitBoth('bare-user', tree, { isCanonical: true }, [
    '--canonical-permissions',
  ]);
  expect(checksum).toBe(expected);
  expect(inodesOf(ours, 'bare-user')).toEqual(inodesOf(theirs, 'bare-user'));
});

test('nothing temporary is left when content cannot be written', async () => {
  for (const mode of MODES) {
    const path = join(base, `full-${mode}`);
    initRepo(path, { mode });
    execFileSync('sh', ['-c', `printf 'min-free-space-size=900000TB\\n' >> ${path}/config`]);
    const repo = openRepo(path);
    await expect(
      commitDirectory(repo, { tree, ref: 'os/main', parent: null, timestamp }),
    ).rejects.toMatchObject({ code: 'ostree/no-space', message: expect.stringContaining(path) });
    repo.close();
    expect(readdirSync(join(path, 'tmp'))).toEqual(['cache']);
    expect(readdirSync(join(path, 'objects'))).toEqual([]);
  }
});
