import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { runOstree } from '../fixtures/run-ostree';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { deltaDirectory } from '../format/delta-name';
import { listCollectionRefs } from './list-collection-refs';
import { listDeltas, superblockChecksum } from './list-deltas';
import { listRefNames, listRefs } from './list-refs';
import { openRepo } from './open-repo';
import { readRemoteKeys } from './read-remote-keys';
import { resolveRev } from './resolve-rev';

const temporary = temporaryDirectory();
let count = 0;

const CONFIG = `[core]
repo_version=1
mode=archive-z2
collection-id=org.example.Own

[remote "origin"]
collection-id=org.example.Far

[remote "plain"]
url=https://example.org
`;

function setUp() {
  const made = new HandMadeRepo(`${temporary}/${count++}`);
  made.write('config', CONFIG);
  const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
  return { made, commit, repo: openRepo(made.path) };
}

const ALL = { includeRemotes: true, includeMirrors: true };

describe('refs', () => {
  it('of remotes and collections are listed and found; what else lies beside them is not', () => {
    const { made, commit, repo } = setUp();
    made.write('refs/remotes/origin/os/far', commit);
    made.write('refs/remotes/stray', commit);
    made.write('refs/remotes/.hidden/os/none', commit);
    made.write('refs/mirrors/org.example.Far/os/mirrored', commit);
    made.write('refs/mirrors/org.example.Stray', commit);
    made.write('refs/mirrors/no collection/os/none', commit);
    const names = ['origin:os/far', 'os/main', 'os/mirrored'];
    expect(listRefs(repo, ALL).map(({ ref }) => ref)).toEqual(names);
    expect(listRefNames(repo, ALL)).toEqual(names);
    expect(resolveRev(repo, 'os/far')).toBe(commit);
    for (const rev of ['origin:os/none', '(org.example.Far, os/none)', 'os/none'])
      expect(() => resolveRev(repo, rev)).toThrow(withCode('ostree/rev-not-found'));
    repo.close();
  });

  it('that a killed writer left half written have no name', () => {
    const { made, commit, repo } = setUp();
    made.write('refs/heads/os/tmp.abc123', '');
    made.write('refs/heads/os/tmp.zzzzzz', commit);
    expect(listRefNames(repo)).toEqual(['os/main', 'os/tmp.zzzzzz']);
    repo.close();
  });

  it.each([
    ['is none', () => undefined],
    ['is a file', (made: HandMadeRepo) => made.write('refs/remotes', '')],
  ])('of remotes are none where their directory %s', (_, place) => {
    const { made, repo } = setUp();
    rmSync(`${made.path}/refs/remotes`, { recursive: true });
    place(made);
    expect(listRefs(repo, ALL).map(({ ref }) => ref)).toEqual(['os/main']);
    expect(() => resolveRev(repo, 'os/none')).toThrow(withCode('ostree/rev-not-found'));
    repo.close();
  });
});

describe('refs of collections', () => {
  it('are those that ostree lists: its own, those of a remote with a collection, the mirrored, each once', () => {
    const { made, commit, repo } = setUp();
    const later = made.commit(made.dirtree({ files: [], dirs: [] }), { subject: 'later' }, 'os/later');
    made.write('refs/remotes/origin/os/far', commit);
    made.write('refs/remotes/plain/os/plain', commit);
    made.write('refs/mirrors/org.example.Far/os/far', commit);
    made.write('refs/mirrors/org.example.Far/os/also', later);
    const listed = listCollectionRefs(repo).map(({ collectionId, ref }) => `(${collectionId}, ${ref})`);
    expect(listed).toEqual([
      '(org.example.Far, os/also)',
      '(org.example.Far, os/far)',
      '(org.example.Own, os/later)',
      '(org.example.Own, os/main)',
    ]);
    expect(runOstree('refs', '-c', `--repo=${made.path}`).trim().split('\n').sort()).toEqual(listed);
    repo.close();
  });

  it('and keys of remotes are what is known of them once the config is gone', () => {
    const { made, commit, repo } = setUp();
    made.write('refs/remotes/origin/os/far', commit);
    rmSync(`${made.path}/config`);
    expect(listCollectionRefs(repo)).toEqual([
      { collectionId: 'org.example.Own', ref: 'os/main', checksum: commit },
    ]);
    expect(() => readRemoteKeys(repo, 'origin')).toThrow(withCode('ostree/key-invalid'));
    repo.close();
  });
});

describe('deltas', () => {
  it('are the directories with a superblock', () => {
    const { made, repo } = setUp();
    expect(listDeltas(repo)).toEqual([]);
    const [from, to] = ['from', 'to'].map((text) => sha256(Buffer.from(text)));
    if (from === undefined || to === undefined) throw new Error('two were made');
    made.write(`${deltaDirectory({ from: null, to })}/superblock`, 'superblock');
    made.write(`${deltaDirectory({ from, to })}/0`, 'a part that came first');
    made.write('deltas/stray', 'no directory');
    made.write('deltas/ab/stray', 'no directory either');
    const deltas = listDeltas(repo);
    expect(deltas).toEqual([{ from: null, to, name: to, directory: deltaDirectory({ from: null, to }) }]);
    const [delta] = deltas;
    if (delta === undefined) throw new Error('there is one');
    expect(superblockChecksum(repo, delta)).toBe(sha256(Buffer.from('superblock')));
    rmSync(`${made.path}/deltas`, { recursive: true });
    expect(superblockChecksum(repo, delta)).toBeNull();
    expect(listDeltas(repo)).toEqual([]);
    repo.close();
  });
});
