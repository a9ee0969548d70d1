import { unlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandMadeRepo, PLAIN_DIRMETA } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { type Checksum, sha256 } from '../format/checksum';
import { objectPath } from '../format/object-path';
import { Breather } from './breather';
import { findOwnObjects } from './find-own-objects';
import { findUnneededCommits } from './find-unneeded-commits';
import { openRepo } from './open-repo';

const temporary = temporaryDirectory();
let count = 0;

/** Two commits; below each, a directory of its own stands under two names and one of both under another. */
function setUp() {
  const made = new HandMadeRepo(`${temporary}/${count++}`);
  const dirmeta = made.put('dirmeta', PLAIN_DIRMETA);
  const treeOf = (text: string, dirs: Record<string, Checksum> = {}) =>
    made.dirtree({
      files: [{ name: 'f', checksum: made.filez(Buffer.from(text)) }],
      dirs: Object.entries(dirs).map(([name, dirtree]) => ({ name, dirtree, dirmeta })),
    });
  const both = treeOf('both');
  const [old, main] = (['old', 'main'] as const).map((text) => {
    const below = treeOf(text);
    const root = treeOf(`root of ${text}`, { a: below, b: below, both });
    return { below, root, commit: made.commit(root, { subject: text }, `os/${text}`) };
  });
  if (old === undefined || main === undefined) throw new Error('two were made');
  return { made, old, main, both, repo: openRepo(made.path) };
}

/** One that is due after so many steps. */
function breatherDueIn(steps: number, signal?: AbortSignal): Breather {
  const breather = new Breather(signal);
  for (let step = steps; step < 500; step++) breather.isDue();
  return breather;
}

describe('the objects of a commit alone', () => {
  it('are all that no other commit has, whatever stands twice in a tree', async () => {
    const { repo, old } = setUp();
    const own = await findOwnObjects(repo, new Set([old.commit]), new Breather(undefined));
    expect(own?.map(({ type, checksum }) => (type === 'file' ? type : checksum))).toEqual([
      'file',
      'file',
      old.below,
      old.root,
      old.commit,
    ]);
    repo.close();
  });

  it('are told without what a partial commit lacks, of it and of others', async () => {
    const { repo, made, old, main } = setUp();
    for (const { below, commit } of [old, main]) {
      made.write(`state/${commit}.commitpartial`, '');
      unlinkSync(`${made.path}/${objectPath(below, 'dirtree', 'archive')}`);
    }
    const own = await findOwnObjects(repo, new Set([old.commit]), new Breather(undefined));
    expect(own?.map(({ type }) => type)).toEqual(['file', 'dirtree', 'commit']);
    repo.close();
  });

  it('are not known where time was up, in the trees of its own or of the others', async () => {
    const { repo, old } = setUp();
    for (const commits of [new Set([old.commit]), new Set<Checksum>()])
      expect(await findOwnObjects(repo, commits, new Breather(undefined), -1)).toBeNull();
    expect(await findOwnObjects(repo, new Set(), new Breather(undefined))).toEqual([]);
    repo.close();
  });

  it('are looked for until it is told to stop, wherever it has got to', async () => {
    const { repo, old } = setUp();
    // It has six dirtrees to go through and five objects to look at; what is in both, twice.
    for (let steps = 1; steps <= 11; steps++) {
      const breather = breatherDueIn(steps, AbortSignal.abort());
      const search = findOwnObjects(repo, new Set([old.commit]), breather);
      await expect(search).rejects.toThrow(withCode('ostree/aborted'));
    }
    const breather = breatherDueIn(12, AbortSignal.abort());
    expect(await findOwnObjects(repo, new Set([old.commit]), breather)).toHaveLength(5);
    repo.close();
  });
});

describe('commits that nothing needs', () => {
  it('are none of those that are not here', async () => {
    const { repo } = setUp();
    const absent = sha256(Buffer.from('absent'));
    expect(await findUnneededCommits(repo, [absent], {}, new Breather(undefined))).toEqual({
      commits: [],
      needed: 0,
    });
    repo.close();
  });

  it('are looked for until it is told to stop', async () => {
    const { repo, old, main } = setUp();
    const asked = [old.commit, main.commit];
    const search = findUnneededCommits(repo, asked, {}, breatherDueIn(1, AbortSignal.abort()));
    await expect(search).rejects.toThrow(withCode('ostree/aborted'));
    const withoutRefs = new Set(['os/old']);
    expect(await findUnneededCommits(repo, asked, { withoutRefs }, breatherDueIn(1))).toEqual({
      commits: [old.commit],
      needed: 1,
    });
    repo.close();
  });
});
