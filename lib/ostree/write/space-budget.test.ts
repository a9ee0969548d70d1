import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { nodeFs } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { SpaceBudget, writableBytes } from './space-budget';

const base = temporaryDirectory();
const repos: Repo[] = [];
afterEach(() => {
  for (const repo of repos.splice(0)) repo.close();
  vi.restoreAllMocks();
});

let made = 0;
/** On a file system of 1000 blocks, of which 100 are free: 40 for everybody, the rest for root. */
function repoOn(config = ''): Repo {
  const path = join(base, `repo-${made++}`);
  initRepo(path);
  appendFileSync(join(path, 'config'), config);
  const room = { magic: 0, blockSizeBytes: 4096, blocks: 1000, blocksFree: 100, blocksAvailable: 40 };
  const repo = openRepo(path, { fs: { ...nodeFs, statfs: () => ({ ...room, inodesFree: 1 }) } });
  repos.push(repo);
  return repo;
}

test.each([
  ['root', 0, 100],
  ['somebody else', 1000, 40],
])('%s may write what is free to them, but for the reserve', (_who, uid, blocks) => {
  vi.spyOn(process, 'getuid').mockReturnValue(uid);
  expect(writableBytes(repoOn('min-free-space-percent=0\n'))).toBe(blocks * 4096);
  expect(writableBytes(repoOn('min-free-space-percent=3\n'))).toBe((blocks - 30) * 4096);
  expect(writableBytes(repoOn('min-free-space-percent=50\n'))).toBe(0);
});

test('what would take of the reserve is refused, and the message says which it is', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  const percent = repoOn('min-free-space-percent=99\n');
  expect(() => new SpaceBudget(percent).take(1)).toThrow(
    expect.objectContaining({
      code: 'ostree/no-space',
      message: `${percent.path} has no room for 1 more bytes beside its min-free-space-percent 99: free some space`,
    }),
  );
  const size = repoOn('min-free-space-size=1MB\n');
  expect(() => new SpaceBudget(size).take(1)).toThrow('its min-free-space-size 1048576 bytes');
});

test('each object takes whole blocks until no more are left', () => {
  vi.spyOn(process, 'getuid').mockReturnValue(0);
  const budget = new SpaceBudget(repoOn('min-free-space-percent=9\n'));
  for (let taken = 0; taken < 10; taken++) budget.take(1);
  expect(() => budget.take(0)).toThrow(expect.objectContaining({ code: 'ostree/no-space' }));
});

test('without a reserve nothing is counted: the disk itself says when it is full', () => {
  const repo = repoOn('min-free-space-percent=0\n');
  expect(() => new SpaceBudget(repo).take(1e12)).not.toThrow();
});
