import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandMadeRepo, PLAIN_DIRMETA } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { type Checksum, sha256 } from '../format/checksum';
import { limits } from '../format/limits';
import { objectPath } from '../format/object-path';
import { diffCommits } from './diff-commits';
import { fsckRepo } from './fsck-repo';
import { listTree, lookupPath } from './list-tree';
import { openRepo } from './open-repo';
import { readCommit } from './read-commit';
import { readFileInfo } from './read-file';
import { readDirtree } from './read-object';
import { readSummary } from './read-summary';
import { resolveRev } from './resolve-rev';
import { verifyObject } from './verify-object';

const temporary = temporaryDirectory();
let count = 0;
function handMade(): HandMadeRepo {
  return new HandMadeRepo(`${temporary}/${count++}`);
}

const corrupt = withCode('ostree/object-corrupt');
const SECRET = 'root:$6$secret';

describe('in place of an object', () => {
  const setUp = () => {
    const made = handMade();
    const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
    const file = made.filez(Buffer.from('x'));
    const repo = openRepo(made.path);
    const pathOf = (checksum: Checksum, type: 'commit' | 'file') =>
      `${made.path}/${objectPath(checksum, type, 'archive')}`;
    return { made, repo, commit, file, pathOf };
  };

  it.each(['commit', 'file'] as const)('a symlink to a secret is not followed: %s', (type) => {
    const { made, repo, commit, file, pathOf } = setUp();
    const checksum = type === 'commit' ? commit : file;
    unlinkSync(pathOf(checksum, type));
    made.write('secret', SECRET);
    symlinkSync(`${made.path}/secret`, pathOf(checksum, type));
    expect(() => verifyObject(repo, checksum, type)).toThrow(corrupt);
    expect(() => (type === 'commit' ? readCommit(repo, checksum) : readFileInfo(repo, checksum))).toThrow(
      corrupt,
    );
    repo.close();
  });

  it.each(['commit', 'file'] as const)('a FIFO does not hang the reader: %s', (type) => {
    const { repo, commit, file, pathOf } = setUp();
    const checksum = type === 'commit' ? commit : file;
    unlinkSync(pathOf(checksum, type));
    execFileSync('mkfifo', [pathOf(checksum, type)]);
    expect(() => verifyObject(repo, checksum, type)).toThrow(corrupt);
    repo.close();
  });

  it.each(['commit', 'file'] as const)('a directory, or an empty file, is refused: %s', (type) => {
    const { repo, commit, file, pathOf } = setUp();
    const checksum = type === 'commit' ? commit : file;
    truncateSync(pathOf(checksum, type), 0);
    expect(() => verifyObject(repo, checksum, type)).toThrow(corrupt);
    unlinkSync(pathOf(checksum, type));
    mkdirSync(pathOf(checksum, type));
    expect(() => verifyObject(repo, checksum, type)).toThrow(corrupt);
    repo.close();
  });

  it('other metadata with its own checksum is refused: a commit is no dirtree', () => {
    const { made, repo } = setUp();
    const checksum = made.put('dirtree', PLAIN_DIRMETA);
    expect(() => readDirtree(repo, checksum)).toThrow(corrupt);
    expect(() => verifyObject(repo, checksum, 'dirtree')).toThrow(`${checksum}.dirtree`);
    repo.close();
  });

  it('bytes that lost a bit are refused wherever they are read', () => {
    const { made, repo, commit } = setUp();
    const bytes = readCommit(repo, commit).bytes.slice();
    bytes[3] = (bytes[3] as number) ^ 1;
    made.put('commit', bytes, commit);
    expect(() => readCommit(repo, commit)).toThrow(corrupt);
    expect(() => resolveRev(repo, 'os/main^')).toThrow(corrupt);
    repo.close();
  });

  it('metadata beyond the limit is not even read', () => {
    const { repo, commit, pathOf } = setUp();
    truncateSync(pathOf(commit, 'commit'), limits.metadataSizeBytesMax + 1);
    expect(() => readCommit(repo, commit)).toThrow(withCode('ostree/object-too-large'));
    repo.close();
  });
});

describe('a tree that shares subtrees', () => {
  const made = handMade();
  let child = made.dirtree({ files: [{ name: 'f', checksum: made.filez(Buffer.from('x')) }], dirs: [] });
  const dirmeta = made.put('dirmeta', PLAIN_DIRMETA);
  for (let level = 0; level < 30; level++) {
    child = made.dirtree({ files: [], dirs: ['a', 'b'].map((name) => ({ name, dirtree: child, dirmeta })) });
  }
  const commit = made.commit(child);
  const repo = openRepo(made.path);

  it('of 31 levels names 2^30 paths, and is checked as the 34 objects that it is', async () => {
    expect(await fsckRepo(repo)).toEqual({ ok: true, objects: 34, problems: [] });
  });

  it('is listed as far as asked', () => {
    expect(listTree(repo, commit, { isRecursive: true, maxEntries: 1000 })).toHaveLength(1000);
    expect(lookupPath(repo, commit, `${'/b'.repeat(30)}/f`).sizeBytes).toBe(1n);
  });

  it('is equal to itself at once, and its diff with another can be stopped', async () => {
    expect((await diffCommits(repo, commit, repo, commit)).counts).toEqual({
      added: 0,
      removed: 0,
      modified: 0,
    });
    const controller = new AbortController();
    const diff = diffCommits(repo, null, repo, commit, { maxRows: 10, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(diff).rejects.toThrow(withCode('ostree/aborted'));
  });
});

describe('a path', () => {
  const made = handMade();
  const file = made.filez(Buffer.from('x'));
  const dirmeta = made.put('dirmeta', PLAIN_DIRMETA);
  const below = made.dirtree({ files: [{ name: 'f', checksum: file }], dirs: [] });
  const commit = made.commit(made.dirtree({ files: [], dirs: [{ name: 'd', dirtree: below, dirmeta }] }));
  const repo = openRepo(made.path);

  it.each([
    ['/d/g', 'ostree/path-not-found'],
    ['/d/f/x', 'ostree/path-not-found'],
    ['/e', 'ostree/path-not-found'],
    ['/d/../d/f', 'ostree/path-invalid'],
    ['/d/\0', 'ostree/path-invalid'],
  ] as const)('is refused: %j', (path, code) => {
    expect(() => lookupPath(repo, commit, path)).toThrow(withCode(code));
    expect(() => listTree(repo, commit, { path })).toThrow(withCode(code));
  });

  it('leads to its entry', () => {
    expect(lookupPath(repo, commit, '/d/f')).toMatchObject({
      path: '/d/f',
      name: 'f',
      type: 'file',
      checksum: file,
    });
    expect(lookupPath(repo, commit, 'd/')).toMatchObject({ path: '/d', type: 'directory', checksum: below });
    expect(lookupPath(repo, commit, '/')).toMatchObject({ path: '/', name: '', type: 'directory' });
    expect(listTree(repo, commit, { path: 'd' }).map(({ path }) => path)).toEqual(['/d', '/d/f']);
  });
});

describe('a summary', () => {
  it('that is damaged is refused by name; none is none', () => {
    const made = handMade();
    const repo = openRepo(made.path);
    expect(readSummary(repo)).toBeNull();
    made.write('summary', 'garbage');
    expect(() => readSummary(repo)).toThrow(withCode('ostree/summary-invalid'));
    expect(() => readSummary(repo)).toThrow(made.path);
    repo.close();
  });
});

describe('a bare-user object', () => {
  it('without its attribute is refused', () => {
    const made = new HandMadeRepo(`${temporary}/${count++}`, 'bare-user');
    const checksum = sha256(Buffer.from('x'));
    made.write(objectPath(checksum, 'file', 'bare-user'), 'x');
    chmodSync(`${made.path}/${objectPath(checksum, 'file', 'bare-user')}`, 0o644);
    const repo = openRepo(made.path);
    expect(() => readFileInfo(repo, checksum)).toThrow(corrupt);
    repo.close();
  });
});
