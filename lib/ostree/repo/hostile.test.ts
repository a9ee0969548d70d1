import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OstreeErrorCode } from '../../errors';
import { type FilezFaults, HandMadeRepo, PLAIN_DIRMETA, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { type Checksum, sha256 } from '../format/checksum';
import { limits } from '../format/limits';
import { objectPath } from '../format/object-path';
import { diffCommits } from './diff-commits';
import { fsckRepo } from './fsck-repo';
import { listRefs } from './list-refs';
import { listTree, lookupPath } from './list-tree';
import { openRepo } from './open-repo';
import { readCommit } from './read-commit';
import { readFileContent, readFileInfo } from './read-file';
import { readDirtree } from './read-object';
import { readSummary } from './read-summary';
import { resolveRef, resolveRev } from './resolve-rev';
import { verifyObject } from './verify-object';

const temporary = temporaryDirectory();
let count = 0;
function handMade(): HandMadeRepo {
  return new HandMadeRepo(`${temporary}/${count++}`);
}

function withCode(code: OstreeErrorCode) {
  return expect.objectContaining({ name: 'AppError', code });
}
const corrupt = withCode('ostree/object-corrupt');
const SECRET = 'root:$6$secret';

describe('an archive file', () => {
  const content = Buffer.from('the quick brown fox '.repeat(50));
  const FAULTS: [attack: string, faults: FilezFaults][] = [
    ['states a larger size, which a client waits for and fails (LAB-6)', { sizeBytes: 1255n }],
    ['states a smaller size, which a client cuts it at', { sizeBytes: 999n }],
    ['states a size near 2^64, to be allocated', { sizeBytes: 2n ** 64n - 1n }],
    ['carries bytes behind its content, covered by no checksum (LAB-6)', { trailing: Buffer.from(SECRET) }],
    ['carries a single byte behind its content', { trailing: Buffer.from([0]) }],
    ['ends early', { keepBytes: 20 }],
    ['has no content at all', { keepBytes: 0 }],
    ['is followed by a second deflate stream', { trailing: Buffer.from([3, 0]) }],
  ];

  it.each(FAULTS)('is refused where it %s', (_, faults) => {
    const made = handMade();
    const checksum = made.filez(content, faults);
    const repo = openRepo(made.path);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(corrupt);
    expect(() => readFileContent(repo, checksum, { maxBytes: 1e6 })).toThrow(corrupt);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(`${checksum}.file in ${made.path}`);
    repo.close();
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000])(
    'of %i bytes is taken, noise or zeros',
    (size) => {
      const made = handMade();
      const noise = Buffer.alloc(size);
      for (let i = 0; i < size; i += 32) Buffer.from(sha256(Buffer.from(`${i}`)), 'hex').copy(noise, i);
      const repo = openRepo(made.path);
      for (const bytes of [noise, Buffer.alloc(size)]) {
        const checksum = made.filez(bytes);
        verifyObject(repo, checksum, 'file');
        expect(Buffer.from(readFileContent(repo, checksum, { maxBytes: 1e6 })).equals(bytes)).toBe(true);
      }
      repo.close();
    },
  );

  it('that inflates a thousandfold is cut at what was asked for, and takes no memory to verify', () => {
    const made = handMade();
    const checksum = made.filez(Buffer.alloc(300_000_000));
    const repo = openRepo(made.path);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readFileContent(repo, checksum, { maxBytes: 1000 })).toThrow(
      withCode('ostree/object-too-large'),
    );
    verifyObject(repo, checksum, 'file');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(readFileInfo(repo, checksum).sizeBytes).toBe(300_000_000n);
    repo.close();
  });

  it('is read whole after another was given up half way', () => {
    const made = handMade();
    const first = made.filez(Buffer.alloc(200_000, 'a'));
    const second = made.filez(Buffer.alloc(200_000, 'b'));
    const repo = openRepo(made.path);
    for (let i = 0; i < 3; i++) {
      expect(() => readFileContent(repo, first, { maxBytes: 10 })).toThrow();
      expect(readFileContent(repo, second, { maxBytes: 1e6 })).toHaveLength(200_000);
    }
    repo.close();
  });

  it.each([
    ['a symlink with something behind its header', Buffer.alloc(0), { trailing: Buffer.from([1]) }],
    ['a symlink that states a size', Buffer.alloc(0), { sizeBytes: 5n }],
  ])('is refused where it is %s', (_, bytes, faults) => {
    const made = handMade();
    const checksum = made.filez(bytes, faults, { ...PLAIN_FILE, mode: 0o120777, target: '/etc' });
    const repo = openRepo(made.path);
    expect(() => verifyObject(repo, checksum, 'file')).toThrow(corrupt);
    repo.close();
  });

  it('is refused under any checksum but its own', () => {
    const made = handMade();
    const checksum = made.filez(content);
    const other = sha256(Buffer.from('other'));
    const repo = openRepo(made.path);
    mkdirSync(`${made.path}/objects/${other.slice(0, 2)}`, { recursive: true });
    repo.fs.link(
      `${repo.root}/${objectPath(checksum, 'file', 'archive')}`,
      `${repo.root}/${objectPath(other, 'file', 'archive')}`,
    );
    expect(() => verifyObject(repo, other, 'file')).toThrow(corrupt);
    expect(() => readFileContent(repo, other, { maxBytes: 1e6 })).toThrow(corrupt);
    repo.close();
  });
});

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

describe('a ref', () => {
  const made = handMade();
  const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
  const repo = openRepo(made.path);
  made.write('secret', `${'5'.repeat(64)}\n${SECRET}`);

  it('that is an alias of another ref is followed', () => {
    symlinkSync('main', `${made.path}/refs/heads/os/alias`);
    symlinkSync('os/main', `${made.path}/refs/heads/top`);
    expect(resolveRef(repo, 'os/alias')).toBe(commit);
    expect(listRefs(repo).map(({ ref }) => ref)).toEqual(['os/alias', 'os/main', 'top']);
    unlinkSync(`${made.path}/refs/heads/os/alias`);
    unlinkSync(`${made.path}/refs/heads/top`);
  });

  it.each([
    ['leads out of the refs', '../../../secret'],
    ['is absolute', `${made.path}/refs/heads/os/main`],
    ['leads to a directory', '../os'],
    ['leads to nothing', 'nothing'],
    ['leads to itself', 'bad'],
    ['climbs out and back in', '../../../refs/heads/../../secret'],
  ])('is refused where it %s, and says nothing of what lies there', (_, target) => {
    const link = `${made.path}/refs/heads/os/bad`;
    symlinkSync(target, link);
    for (const read of [() => resolveRef(repo, 'os/bad'), () => listRefs(repo)]) {
      expect(read).toThrow(withCode('ostree/ref-invalid'));
      expect(read).not.toThrow(/secret|555/);
    }
    unlinkSync(link);
  });

  it.each([
    ['is empty', ''],
    ['holds something else', SECRET],
    ['holds upper-case digits', 'AB'.repeat(32)],
    ['holds two checksums', `${commit}\n${commit}`],
    ['is large', `${commit}${' '.repeat(100_000)}`],
  ])('is refused where it %s', (_, text) => {
    const path = `${made.path}/refs/heads/os/bad`;
    writeFileSync(path, text);
    expect(() => resolveRef(repo, 'os/bad')).toThrow(withCode('ostree/ref-invalid'));
    expect(() => listRefs(repo)).toThrow('refs/heads/os/bad');
    unlinkSync(path);
  });

  it('that is a FIFO does not hang the reader', () => {
    execFileSync('mkfifo', [`${made.path}/refs/heads/os/fifo`]);
    expect(() => resolveRef(repo, 'os/fifo')).toThrow(withCode('ostree/ref-invalid'));
    expect(() => listRefs(repo)).toThrow(withCode('ostree/ref-invalid'));
    unlinkSync(`${made.path}/refs/heads/os/fifo`);
  });

  it('that a killed writer left half written does not stop the listing; a whole one is shown', () => {
    writeFileSync(`${made.path}/refs/heads/os/tmp.abc123`, '');
    writeFileSync(`${made.path}/refs/heads/os/tmp.zzzzzz`, `${commit}\n`);
    writeFileSync(`${made.path}/refs/heads/os/.rsync_info`, 'not a ref');
    expect(listRefs(repo).map(({ ref }) => ref)).toEqual(['os/main', 'os/tmp.zzzzzz']);
    for (const name of ['tmp.abc123', 'tmp.zzzzzz', '.rsync_info'])
      unlinkSync(`${made.path}/refs/heads/os/${name}`);
  });

  it('wins over the beginning of a checksum, so that no ground-out commit takes its place', () => {
    const other = made.commit(made.dirtree({ files: [], dirs: [] }), { subject: 'other' }, 'os/other');
    const prefix = other.slice(0, 4);
    expect(resolveRev(repo, prefix)).toBe(other);
    made.ref(prefix, commit);
    expect(resolveRev(repo, prefix)).toBe(commit);
    unlinkSync(`${made.path}/refs/heads/${prefix}`);
  });

  it.each([
    '../../../secret',
    'os/../../../secret',
    'os/main\n',
    '/etc/passwd',
    '.',
    '',
    'os//main',
    'a b',
    '..:main',
  ])('named %j is refused before any file is opened', (name) => {
    expect(() => resolveRef(repo, name)).toThrow(withCode('ostree/ref-invalid'));
  });

  it('prefix that two commits share is ambiguous', () => {
    for (let i = 0; i < 40; i++) made.commit(sha256(Buffer.from([i])), {}, 'os/many');
    expect(() => Array.from('0123456789abcdef', (digit) => resolveRev(repo, digit))).toThrow(
      withCode('ostree/rev-ambiguous'),
    );
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
