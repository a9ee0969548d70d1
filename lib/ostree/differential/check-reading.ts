import { expect } from 'vitest';
import { parseVariant, printVariant } from '../../gvariant';
import { formatCommit, formatDiff, formatTreeEntry } from '../fixtures/ostree-text';
import { runOstreeForBytes } from '../fixtures/run-ostree';
import { COMMIT_TYPE } from '../format/commit';
import { diffCommits } from '../repo/diff-commits';
import { listRefs } from '../repo/list-refs';
import { eachTreeEntry, listTree } from '../repo/list-tree';
import type { Repo } from '../repo/open-repo';
import { readCommit, readSignatures } from '../repo/read-commit';
import { readFileContent } from '../repo/read-file';
import { resolveRev } from '../repo/resolve-rev';
import { walkHistory } from '../repo/walk-history';
import { isWhole, type MadeRepo } from './make-repo';
import { linesOf, pick, toText } from './pick';

/** Names that also read as the beginning of a checksum: there, the two differ on purpose (LAB-7). */
const HEX_NAME = /^[0-9a-f]+$/;
const INVALID_REVS = [
  'os',
  '0123456789abcdef',
  '../../config',
  'os/../os',
  'a b',
  'origin:',
  ':x',
  'x\n',
  '~',
];

export function checkRefs(made: MadeRepo, repo: Repo): void {
  const own = listRefs(repo, { includeRemotes: true });
  expect(own.map(({ ref }) => ref).sort()).toEqual(linesOf(made.ostree('refs')).sort());
  const mirrored = listRefs(repo, { includeMirrors: true }).flatMap(({ ref, collectionId }) => {
    const collection = collectionId ?? made.plan.collectionId;
    return collection === null ? [] : [`(${collection}, ${ref})`];
  });
  expect([...new Set(mirrored)].sort()).toEqual(linesOf(made.ostree('refs', '-c')).sort());
}

export function checkRevs(made: MadeRepo, repo: Repo): void {
  const refs = listRefs(repo, { includeRemotes: true });
  for (const { ref, checksum } of refs) expect(resolveRev(repo, ref)).toBe(checksum);
  const named = refs.filter(({ ref }) => !HEX_NAME.test(ref)).map(({ ref }) => ref);
  const checksums = made.commits.map(({ checksum }) => checksum);
  const withParent = [...named, ...checksums].filter(
    (rev) => readCommit(repo, resolveRev(repo, rev)).parent !== null,
  );
  const revs = [
    ...named,
    ...checksums,
    ...withParent.map((rev) => `${rev}^`),
    ...checksums.map((one) => one.slice(0, 16)),
  ];
  expect(revs.map((rev) => resolveRev(repo, rev))).toEqual(linesOf(made.ostree('rev-parse', ...revs)));
  const orphaned = checksums.filter((rev) => readCommit(repo, rev).parent === null).map((rev) => `${rev}^`);
  // To libostree, nothing at all is the beginning of an only commit.
  for (const rev of ['', '^'])
    expect(() => resolveRev(repo, rev)).toThrow(expect.objectContaining({ name: 'AppError' }));
  const invalid = pick([...INVALID_REVS, ...orphaned], made.plan.choices[0]);
  expect(() => resolveRev(repo, invalid), invalid).toThrow(expect.objectContaining({ name: 'AppError' }));
  expect(() => made.ostree('rev-parse', '--', invalid), invalid).toThrow();
}

export function checkHistory(made: MadeRepo, repo: Repo): void {
  const { checksum } = pick(made.commits, made.plan.choices[0]);
  const ours = [...walkHistory(repo, checksum)].flatMap((commit) => formatCommit(commit));
  expect(`${ours.join('\n')}\n`).toBe(made.ostree('log', checksum));
  const shown = pick(made.commits, made.plan.choices[1]);
  // ostree swaps every integer of what it prints.
  const value = parseVariant(COMMIT_TYPE, readCommit(repo, shown.checksum).bytes, { endian: 'big' });
  const raw = [`commit ${shown.checksum}`, printVariant(COMMIT_TYPE, value), ''];
  expect(made.ostree('show', '--raw', shown.checksum).startsWith(raw.join('\n'))).toBe(true);
  const note = readSignatures(repo, shown.checksum).other.get('note')?.value;
  expect(note ?? null).toBe(shown.plan.detached);
}

export function checkTrees(made: MadeRepo, repo: Repo): void {
  const { checksum } = pick(made.commits, made.plan.choices[0]);
  if (!isWhole(made, checksum)) {
    expect(() => listTree(repo, checksum, { isRecursive: true })).toThrow(/missing/);
    expect(() => made.ostree('ls', '-R', checksum)).toThrow();
    return;
  }
  const entries = listTree(repo, checksum, { isRecursive: true });
  expect(toText(entries.map(formatTreeEntry))).toBe(made.ostree('ls', '-R', '-C', '-X', checksum));
  const { path } = pick(entries, made.plan.choices[1]);
  const below = [...eachTreeEntry(repo, checksum, { path })];
  expect(toText(below.map(formatTreeEntry))).toBe(made.ostree('ls', '-C', '-X', checksum, path));
  const files = entries.filter(({ type }) => type === 'file').slice(0, 20);
  if (files.length === 0) return;
  const contents = files.map((file) => readFileContent(repo, file.checksum, { maxBytes: 2 ** 24 }));
  const theirs = runOstreeForBytes('cat', `--repo=${made.path}`, checksum, ...files.map((file) => file.path));
  expect(Buffer.concat(contents).equals(theirs)).toBe(true);
}

export async function checkDiffs(made: MadeRepo, repo: Repo): Promise<void> {
  const from = pick(made.commits, made.plan.choices[0]).checksum;
  const to = pick(made.commits, made.plan.choices[1]).checksum;
  if (!isWhole(made, from) || !isWhole(made, to)) {
    expect(() => made.ostree('diff', from, to)).toThrow();
    // Two that are equal need not be there to be compared.
    const isEqual = readCommit(repo, from).rootDirtree === readCommit(repo, to).rootDirtree;
    const compared = diffCommits(repo, from, repo, to);
    await (isEqual ? compared : expect(compared).rejects.toThrow(/missing/));
    return;
  }
  const ours = formatDiff(await diffCommits(repo, from, repo, to));
  // A name may hold a newline: both are cut at each, then sorted.
  expect(linesOf(ours.join('\n')).sort()).toEqual(linesOf(made.ostree('diff', from, to)).sort());
}
