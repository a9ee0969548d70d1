import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { type Checksum, parseChecksum } from '../format/checksum';
import { deltaIndexPath } from '../format/delta-name';
import { type FsPort, nodeFs } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { reindexDeltas } from './reindex-deltas';

const base = temporaryDirectory();
const [one, two] = ['1', '2'].map((digit) => parseChecksum(digit.repeat(64))) as [Checksum, Checksum];

let made = 0;
let path: string;
const repos: Repo[] = [];
beforeEach(() => {
  path = join(base, `repo-${made++}`);
  initRepo(path);
});
afterEach(() => {
  for (const repo of repos.splice(0)) repo.close();
});

function reindex(fs: FsPort = nodeFs): void {
  const repo = openRepo(path, { fs });
  repos.push(repo);
  reindexDeltas(repo);
}

const config = () => readFileSync(join(path, 'config'), 'utf8');
const index = (to: Checksum) => join(path, deltaIndexPath(to));
const hasIndex = () => [one, two].map((to) => existsSync(index(to)));

/** As much of a delta without a source as an index is concerned with. */
function putDelta(to: Checksum): void {
  const superblock = index(to).replace('delta-indexes', 'deltas').replace('.index', '/superblock');
  mkdirSync(join(superblock, '..'), { recursive: true });
  writeFileSync(superblock, `leads to ${to}`);
}

test('the config is marked and keeps every other byte, whatever it said and whatever follows', () => {
  const text = '# ours\n[core]\nrepo_version=1\nmode=archive-z2\n';
  const remote = '\n[remote "indexed"]\nurl=https://example.org/\nindexed-deltas=false\n';
  writeFileSync(join(path, 'config'), text + remote);
  reindex();
  expect(config()).toBe(text.replace('[core]', '[core]\nindexed-deltas=true') + remote);
  writeFileSync(join(path, 'config'), `${text}indexed-deltas = false\n${remote}`);
  reindex();
  expect(config()).toBe(`${text}indexed-deltas=true\n${remote}`);
});

test.each([
  ['has gone', null],
  ['has lost its [core]', '[remote "origin"]\nurl=https://example.org/\n'],
])('a config that %s meanwhile is not made anew', (_what, text) => {
  const repo = openRepo(path);
  repos.push(repo);
  if (text === null) rmSync(join(path, 'config'));
  else writeFileSync(join(path, 'config'), text);
  reindexDeltas(repo);
  expect(existsSync(join(path, 'config')) ? config() : null).toBe(text);
});

test('an index that says what it should is not written anew', () => {
  putDelta(one);
  reindex();
  const { ino } = statSync(index(one));
  reindex();
  expect(statSync(index(one)).ino).toBe(ino);
});

test('what is no index stays', () => {
  putDelta(one);
  mkdirSync(join(path, 'delta-indexes/zz'), { recursive: true });
  for (const name of ['README', 'zz/README']) writeFileSync(join(path, 'delta-indexes', name), 'not ours');
  reindex();
  expect(hasIndex()).toEqual([true, false]);
  for (const name of ['README', 'zz/README'])
    expect(existsSync(join(path, 'delta-indexes', name)), name).toBe(true);
});

test('a delta that goes at the same moment has no index', () => {
  putDelta(one);
  putDelta(two);
  const fs = watchedFs(({ name, args }) => {
    const file = String(args[0]);
    if (name === 'open' && file.endsWith('/superblock') && readFileSync(file, 'utf8').endsWith(two))
      rmSync(file);
  });
  reindex(fs);
  expect(hasIndex()).toEqual([true, false]);
});

test.each([
  ['mkdir', 'ENOSPC', 'ostree/no-space', 'no space left: free some and try again'],
  ['rename', 'EACCES', 'ostree/repo-read-only', 'it may not be written by this user'],
  ['fsync', 'EIO', 'ostree/io-failed', 'fsync failed with EIO: check the disk'],
  ['readdir', 'EIO', 'ostree/io-failed', 'readdir failed with EIO: check the disk'],
])('where %s fails with %s, the repository is named and the config not marked', (call, errno, code, why) => {
  putDelta(one);
  const before = config();
  const fs = watchedFs(({ name, args }) => {
    if (name === call && (name !== 'readdir' || String(args[0]).endsWith('/delta-indexes')))
      throw systemError(errno, call);
  });
  expect(() => reindex(fs)).toThrow(
    expect.objectContaining({ code, message: `indexing the deltas of ${path} failed: ${why}` }),
  );
  expect(config()).toBe(before);
  expect(readdirSync(join(path, 'tmp'))).toEqual(['cache']);
});

test('what lies in the place of the folder of indexes is refused by name', () => {
  putDelta(one);
  writeFileSync(join(path, 'delta-indexes'), '');
  expect(() => reindex()).toThrow(
    expect.objectContaining({
      code: 'ostree/repo-invalid',
      message: `delta-indexes in ${path} is not a directory`,
    }),
  );
});
