import { afterEach, describe, expect, it, vi } from 'vitest';
import { HandMadeRepo, PLAIN_DIRMETA } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { serializeDirmeta } from '../format/dirmeta';
import { limits } from '../format/limits';
import { diffCommits } from './diff-commits';
import { listTree } from './list-tree';
import { openRepo } from './open-repo';
import { readCommit } from './read-commit';

const made = new HandMadeRepo(`${temporaryDirectory()}/repo`);
const repo = openRepo(made.path);
const dirmeta = made.put('dirmeta', PLAIN_DIRMETA);
const closed = made.put('dirmeta', serializeDirmeta({ uid: 0, gid: 0, mode: 0o40700, xattrs: [] }));
const empty = made.dirtree({ files: [], dirs: [] });
const file = made.filez(Buffer.from('content'));
const inner = made.dirtree({ files: [{ name: 'f', checksum: file }], dirs: [] });
const before = made.commit(made.dirtree({ files: [], dirs: [{ name: 'd', dirtree: empty, dirmeta }] }));
const after = made.commit(
  made.dirtree({ files: [], dirs: [{ name: 'd', dirtree: inner, dirmeta: closed }] }),
);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a diff', () => {
  it('has a row of a directory in both where its dirmeta differs', async () => {
    const { modified, added } = await diffCommits(repo, before, repo, after);
    expect(modified).toMatchObject([
      { path: '/d', kind: 'directory', fromDirmeta: dirmeta, toDirmeta: closed, toMode: '040700' },
    ]);
    expect(added).toMatchObject([{ path: '/d/f', kind: 'file', to: file, toMode: '0100644', toSize: '7' }]);
  });

  it('has a row of what is gone, as it was', async () => {
    const { removed, counts } = await diffCommits(repo, after, repo, before);
    expect(removed).toMatchObject([{ path: '/d/f', kind: 'file', from: file, to: null, toMode: null }]);
    expect(counts).toEqual({ added: 0, removed: 1, modified: 1 });
  });

  it('that is brief says nothing that only the headers of files tell', async () => {
    const { added, sizeChangeBytes } = await diffCommits(repo, before, repo, after, { isBrief: true });
    expect(added).toMatchObject([{ path: '/d/f', kind: 'file', to: file, toMode: null, toSize: null }]);
    expect(sizeChangeBytes).toBe(0n);
  });

  it('of more paths than one may have is refused', async () => {
    vi.spyOn(limits, 'treeEntriesMax', 'get').mockReturnValue(1 as never);
    await expect(diffCommits(repo, before, repo, after)).rejects.toThrow(withCode('ostree/object-too-large'));
  });

  it('of a tree that is deeper than any path is refused', async () => {
    vi.spyOn(limits, 'treeDepthMax', 'get').mockReturnValue(1 as never);
    await expect(diffCommits(repo, before, repo, after)).rejects.toThrow(withCode('ostree/object-corrupt'));
  });
});

describe('a listing', () => {
  it('takes a commit that was read already', () => {
    const options = { isRecursive: true };
    expect(listTree(repo, readCommit(repo, after), options)).toEqual(listTree(repo, after, options));
  });

  it('of more entries than one may have is refused, unless it is to be cut', () => {
    vi.spyOn(limits, 'treeEntriesMax', 'get').mockReturnValue(2 as never);
    expect(() => listTree(repo, after, { isRecursive: true })).toThrow(withCode('ostree/object-too-large'));
    expect(listTree(repo, after, { isRecursive: true, maxEntries: 2 })).toHaveLength(2);
  });
});
