import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { sha256 } from '../format/checksum';
import { objectPath } from '../format/object-path';
import { countSizes } from './count-sizes';
import { openRepo } from './open-repo';
import { readCommit, readPartialMarks } from './read-commit';
import { readSummarySignatures } from './read-summary';

const temporary = temporaryDirectory();
let count = 0;

function setUp() {
  const made = new HandMadeRepo(`${temporary}/${count++}`);
  const root = made.dirtree({ files: [], dirs: [] });
  return { made, root, commit: made.commit(root), repo: openRepo(made.path) };
}

const absent = sha256(Buffer.from('absent'));

describe('a commit', () => {
  it.each([10, 16_000, 100_000])('with a text of %i bytes is the same after others were read', (length) => {
    const { made, root, commit, repo } = setUp();
    const body = 'b'.repeat(length);
    const long = readCommit(repo, made.commit(root, { body }));
    const bytes = long.bytes.slice();
    readCommit(repo, commit);
    expect(long).toMatchObject({ body, sizeBytes: bytes.length });
    expect(Buffer.from(long.bytes).equals(bytes)).toBe(true);
    repo.close();
  });

  it('that is long and damaged is refused', () => {
    const { made, repo } = setUp();
    made.put('commit', Buffer.alloc(20_000), absent);
    expect(() => readCommit(repo, absent)).toThrow(/its bytes do not have its checksum/);
    repo.close();
  });

  it.each([
    ['a directory', 'mkdir'],
    ['a FIFO', 'mkfifo'],
  ])('in whose place %s lies is refused', (_, command) => {
    const { made, commit, repo } = setUp();
    const path = `${made.path}/${objectPath(commit, 'commit', 'archive')}`;
    rmSync(path);
    execFileSync(command, [path]);
    expect(() => readCommit(repo, commit)).toThrow(
      `${commit}.commit in ${made.path} is damaged: it is not a regular file`,
    );
    repo.close();
  });

  it('has the sizes of what it needs added up, and of what is not here', () => {
    const { root, repo } = setUp();
    const sizes = [root, absent].map((checksum) => {
      return { checksum, type: 'dirtree', archivedBytes: 2n, unpackedBytes: 3n } as const;
    });
    expect(countSizes(repo, sizes)).toEqual({
      total: { objects: 2, archivedBytes: 4n, unpackedBytes: 6n },
      needed: { objects: 1, archivedBytes: 2n, unpackedBytes: 3n },
    });
    repo.close();
  });
});

describe('marks of partial commits', () => {
  it('are those in state, all while a transaction goes on, and none without a state', () => {
    const { made, commit, repo } = setUp();
    const partial = () => [commit, absent].map(readPartialMarks(repo));
    expect(partial()).toEqual([false, false]);
    made.write(`state/${commit}.commitpartial`, '');
    expect(partial()).toEqual([true, false]);
    made.write('transaction', '');
    expect(partial()).toEqual([true, true]);
    for (const name of ['transaction', 'state']) rmSync(`${made.path}/${name}`, { recursive: true });
    expect(partial()).toEqual([false, false]);
    repo.close();
  });
});

describe('signatures of a summary', () => {
  it('are none where there is no file of them, or nothing in it', () => {
    const { made, repo } = setUp();
    expect(readSummarySignatures(repo)).toMatchObject({ ed25519: [], gpg: [] });
    made.write('summary.sig', '');
    expect(readSummarySignatures(repo)).toMatchObject({ ed25519: [], gpg: [] });
    made.write('summary.sig', 'garbage');
    expect(() => readSummarySignatures(repo)).toThrow(
      expect.objectContaining({ code: 'ostree/signature-invalid' }),
    );
    repo.close();
  });
});
