import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import { openRepo, type Repo } from '../ostree/repo/open-repo';
import { listCommitsToBring } from './commits-to-bring';
import { ostree } from './testing/pipeline';

let root: string;
let repo: Repo;
let commits: Checksum[];

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'treeline-history-'));
  const path = join(root, 'repo');
  mkdirSync(join(root, 'tree'));
  ostree('init', `--repo=${path}`, '--mode=archive');
  commits = [0, 1, 2, 3].map(() =>
    parseChecksum(
      ostree(
        'commit',
        `--repo=${path}`,
        '--branch=os',
        `--tree=dir=${join(root, 'tree')}`,
        '--subject=x',
      ).trim(),
    ),
  );
  repo = openRepo(path);
});
afterAll(() => {
  repo.close();
  rmSync(root, { recursive: true, force: true });
});

const at = (index: number) => commits[index] as Checksum;

describe('what comes with a commit', () => {
  test('is its history back to the head that is replaced', () => {
    expect(listCommitsToBring(repo, at(3), at(0))).toEqual([at(3), at(2), at(1)]);
    expect(listCommitsToBring(repo, at(3), at(2))).toEqual([at(3)]);
  });

  test('is nothing more where no head is replaced, or one that is none of its ancestors', () => {
    expect(listCommitsToBring(repo, at(3), null)).toEqual([at(3)]);
    expect(listCommitsToBring(repo, at(3), parseChecksum('f'.repeat(64)))).toEqual([at(3)]);
    expect(listCommitsToBring(repo, at(1), at(3))).toEqual([at(1)]);
  });

  test('is nothing more where a commit in between is not whole', () => {
    const mark = join(root, 'repo/state', `${at(2)}.commitpartial`);
    writeFileSync(mark, '');
    expect(listCommitsToBring(repo, at(3), at(0))).toEqual([at(3)]);
    rmSync(mark);
  });
});
