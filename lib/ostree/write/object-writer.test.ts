import { cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import type { Checksum } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { type FsPort, nodeFs } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo } from '../repo/open-repo';
import { commitTree } from './commit-tree';
import { directoryNode, fileNode, type TreeNode } from './tree-node';

const base = temporaryDirectory();
let made = 0;
function makeRepo(mode: RepoMode = 'archive'): string {
  const path = join(base, `repo-${made++}`);
  initRepo(path, { mode });
  return path;
}

const small = directoryNode([['file', fileNode('content')]]);
const large = Buffer.alloc(5_000_000, 'not very random');

/** More than is held in one piece. */
function largeTree(chunks: () => Iterable<Uint8Array>): TreeNode {
  const { type, meta } = fileNode('') as Extract<TreeNode, { type: 'file' }>;
  return directoryNode([['large', { type, meta, sizeBytes: large.length, chunks }]]);
}

function* piecesOf(sizeBytes: number): Generator<Uint8Array> {
  // One buffer for all of them, as readers of files have it.
  const room = Buffer.alloc(sizeBytes);
  for (let at = 0; at < large.length; at += sizeBytes) {
    yield room.subarray(0, large.copy(room, 0, at, at + sizeBytes));
  }
}

interface Options {
  root?: TreeNode;
  fs?: FsPort;
  generateSizes?: boolean;
}

async function commit(path: string, { root = small, fs, generateSizes }: Options = {}): Promise<Checksum> {
  const repo = openRepo(path, { fs });
  try {
    return await commitTree(repo, { root, ref: 'os/main', parent: null, timestamp: 1, generateSizes });
  } finally {
    repo.close();
  }
}

/** Files alone; folders for them may have come. */
function objectsOf(path: string): string[] {
  return readdirSync(join(path, 'objects'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('.'))
    .sort();
}
const temporariesOf = (path: string) => readdirSync(join(path, 'tmp')).filter((name) => name !== 'cache');

test('the same commit once more writes nothing and makes nothing durable', async () => {
  const path = makeRepo();
  const checksum = await commit(path);
  const effects: string[] = [];
  const fs = watchedFs(({ name }) => {
    if (/^(?:link|syncfs)$/.test(name)) effects.push(name);
  });
  expect(await commit(path, { fs })).toBe(checksum);
  expect(effects).toEqual([]);
});

test('a repository that may not be written is refused before anything is looked at', async () => {
  const path = makeRepo();
  await expect(commit(path, { fs: { ...nodeFs, access: () => false } })).rejects.toThrow(
    expect.objectContaining({
      code: 'ostree/repo-read-only',
      message: `${path} may not be written by this user`,
    }),
  );
  expect(objectsOf(path)).toEqual([]);
});

test('an object that somebody else places at the same moment is as good, if it is', async () => {
  const path = makeRepo();
  const other = makeRepo();
  const checksum = await commit(other);
  const fs = watchedFs(({ name }) => {
    if (name === 'link') cpSync(join(other, 'objects'), join(path, 'objects'), { recursive: true });
  });
  expect(await commit(path, { fs })).toBe(checksum);
  expect(objectsOf(path)).toEqual(objectsOf(other));
  const damaging = watchedFs(({ name, args }) => {
    if (name === 'link' && String(args[1]).endsWith('.filez')) writeFileSync(String(args[1]), 'damage');
  });
  const third = makeRepo();
  await expect(commit(third, { fs: damaging })).rejects.toThrow(withCode('ostree/object-corrupt'));
  expect(existsSync(join(third, 'refs/heads/os'))).toBe(false);
  expect(temporariesOf(third)).toEqual([]);
});

test.each([
  ['archive', 'link', 'EIO', 'ostree/io-failed', 'check the disk'],
  ['archive', 'link', 'EACCES', 'ostree/repo-read-only', 'may not be written'],
  ['archive', 'mkdir', 'ENOSPC', 'ostree/no-space', 'no space left'],
  ['archive', 'fchmod', 'EPERM', 'ostree/io-failed', 'fchmod failed with EPERM'],
  ['bare', 'fchown', 'EPERM', 'ostree/io-failed', 'only root may give files to others'],
  ['bare', 'fchmod', 'EIO', 'ostree/io-failed', 'fchmod failed with EIO'],
] as const)('into %s, where %s fails with %s: %s, and %s', async (mode, call, errno, code, advice) => {
  const path = makeRepo(mode);
  const fs = watchedFs(({ name, args }) => {
    // A folder of objects; that for what is temporary is another matter.
    if (name === call && !(call === 'mkdir' && String(args[0]).includes('/tmp/')))
      throw systemError(errno, call);
  });
  await expect(commit(path, { fs })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`^writing objects into ${path} failed: .*${advice}`)),
  });
  expect(objectsOf(path)).toEqual([]);
  expect(temporariesOf(path)).toEqual([]);
});

test('a tombstone that cannot be taken away stops the commit before its ref moves', async () => {
  const path = makeRepo();
  const fs = watchedFs(({ name, args }) => {
    if (name === 'unlink' && String(args[0]).endsWith('.tombstone-commit'))
      throw systemError('EIO', 'unlink');
  });
  await expect(commit(path, { fs })).rejects.toMatchObject({
    code: 'ostree/io-failed',
    message: `writing objects into ${path} failed: unlink failed with EIO: check the disk`,
  });
  expect(existsSync(join(path, 'refs/heads/os'))).toBe(false);
  expect(temporariesOf(path)).toEqual([]);
});

test('an object that goes while sizes are noted is named, and there is no commit', async () => {
  const path = makeRepo();
  await commit(path);
  const file = objectsOf(path).find((name) => name.endsWith('.filez')) as string;
  let looks = 0;
  const fs = watchedFs(({ name, args }) => {
    if (name === 'lstat' && String(args[0]).endsWith(file) && ++looks === 2)
      rmSync(join(path, 'objects', file));
  });
  await expect(commit(path, { fs, generateSizes: true })).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: expect.stringContaining(file.slice(3, 60)),
  });
});

test.each(['archive', 'bare'] as const)(
  'large content comes into %s in pieces of any size as it does in one',
  async (mode) => {
    const [pieces, whole] = [makeRepo(mode), makeRepo(mode)];
    const root = largeTree(() => piecesOf(999_983));
    const checksum = await commit(whole, { root: directoryNode([['large', fileNode(large)]]) });
    expect(await commit(pieces, { root })).toBe(checksum);
  },
);

test.each(['reading', 'writing'])(
  'where %s large content fails, the file that it comes from is closed and nothing temporary left',
  async (failing) => {
    const path = makeRepo();
    let open = 0;
    let passes = 0;
    function* chunks(): Generator<Uint8Array> {
      open++;
      passes++;
      try {
        for (const [nth, piece] of [...piecesOf(1_000_000)].entries()) {
          // The first time it is only hashed.
          if (failing === 'reading' && passes === 2 && nth === 2) throw systemError('EIO', 'read');
          yield piece;
        }
      } finally {
        open--;
      }
    }
    let writes = 0;
    const fs = watchedFs(({ name }) => {
      if (failing === 'writing' && name === 'write' && ++writes === 2) throw systemError('ENOSPC', 'write');
    });
    await expect(commit(path, { root: largeTree(chunks), fs })).rejects.toMatchObject({
      code: failing === 'reading' ? 'ostree/io-failed' : 'ostree/no-space',
      message: expect.stringContaining(path),
    });
    expect({ passes, open }).toEqual({ passes: 2, open: 0 });
    expect(temporariesOf(path)).toEqual([]);
    expect(objectsOf(path)).toEqual([]);
  },
);
