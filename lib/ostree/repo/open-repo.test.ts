import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OstreeErrorCode } from '../../errors';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { openBelow } from '../fixtures/open-below';
import { runOstree } from '../fixtures/run-ostree';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { sha256 } from '../format/checksum';
import { parseRepoConfig } from './config';
import { initRepo } from './init-repo';
import { openRepo } from './open-repo';
import { readCommit } from './read-commit';
import { hasObject } from './read-object';
import { resolveRev } from './resolve-rev';

const temporary = temporaryDirectory();
let count = 0;
const fresh = () => `${temporary}/${count++}`;

function withCode(code: OstreeErrorCode) {
  return expect.objectContaining({ name: 'AppError', code });
}

describe('a path that is no repository', () => {
  it('is named where it does not exist', () => {
    expect(() => openRepo(`${temporary}/nothing`)).toThrow(withCode('ostree/repo-not-found'));
    expect(() => openRepo(`${temporary}/nothing`)).toThrow(`${temporary}/nothing`);
  });

  it('is refused where it is a file, or a directory of something else', () => {
    const file = fresh();
    writeFileSync(file, '');
    expect(() => openRepo(file)).toThrow(withCode('ostree/repo-invalid'));
    expect(() => openRepo(`${file}/below`)).toThrow(withCode('ostree/repo-invalid'));
    const directory = fresh();
    mkdirSync(directory);
    expect(() => openRepo(directory)).toThrow(/no config/);
    writeFileSync(`${directory}/config`, '[core]\nrepo_version=1\nmode=archive-z2\n');
    expect(() => openRepo(directory)).toThrow(/no objects/);
  });

  it('is refused where it is a symlink, which someone else may turn to another repository', () => {
    const made = new HandMadeRepo(fresh());
    const link = fresh();
    symlinkSync(made.path, link);
    expect(() => openRepo(link)).toThrow(/symlink/);
    expect(() => openRepo(`${link}/`)).toThrow(/symlink/);
  });

  it('is refused where its config is a symlink or a FIFO', () => {
    const made = new HandMadeRepo(fresh());
    renameSync(`${made.path}/config`, `${made.path}/other`);
    symlinkSync('other', `${made.path}/config`);
    expect(() => openRepo(made.path)).toThrow(withCode('ostree/object-corrupt'));
    const second = new HandMadeRepo(fresh());
    renameSync(`${second.path}/config`, `${second.path}/other`);
    execFileSync('mkfifo', [`${second.path}/config`]);
    expect(() => openRepo(second.path)).toThrow(withCode('ostree/object-corrupt'));
  });
});

describe('a config', () => {
  const parse = (...lines: string[]) =>
    parseRepoConfig(['[core]', 'repo_version=1', ...lines].join('\n'), '/srv/repo');

  it('has the defaults of libostree', () => {
    expect(parse()).toEqual({
      mode: 'bare',
      rawMode: 'bare',
      collectionId: null,
      fsync: true,
      perObjectFsync: false,
      locking: true,
      lockTimeoutSecs: 300,
      minFreeSpacePercent: 3,
      minFreeSpaceSizeBytes: null,
      tmpExpirySecs: 86_400,
      tombstoneCommits: false,
      autoUpdateSummary: false,
      noDeltasInSummary: false,
      indexedDeltas: false,
      disableXattrs: false,
      zlibLevel: 6,
      parent: null,
    });
  });

  it('is read', () => {
    const config = parse(
      'mode=archive-z2',
      'collection-id=org.example.Os',
      'lock-timeout-secs=-1',
      'min-free-space-size=2GB',
      'commit-update-summary=true',
      'parent=../parent',
      '[archive]',
      'zlib-level=9',
      '[remote "evil"]',
      'url=http://example.org',
    );
    expect(config).toMatchObject({ mode: 'archive', rawMode: 'archive-z2', collectionId: 'org.example.Os' });
    expect(config).toMatchObject({
      lockTimeoutSecs: -1,
      minFreeSpaceSizeBytes: 2 * 1024 ** 3,
      autoUpdateSummary: true,
    });
    expect(config).toMatchObject({ zlibLevel: 9, parent: '/srv/parent' });
  });

  it.each([
    ['[core]\nmode=archive', 'ostree/repo-unsupported'],
    ['[core]\nrepo_version=2', 'ostree/repo-unsupported'],
    ['[core]\nrepo_version=1\nmode=bare-split-xattrs', 'ostree/repo-unsupported'],
    ['[core]\nrepo_version=1\narchive=true', 'ostree/repo-unsupported'],
    ['[other]\nrepo_version=1', 'ostree/repo-invalid'],
    ['not a config', 'ostree/repo-invalid'],
    ['[core]\nrepo_version=1\ncollection-id=../..', 'ostree/repo-invalid'],
    ['[core]\nrepo_version=1\nfsync=perhaps', 'ostree/repo-invalid'],
    ['[core]\nrepo_version=1\nlock-timeout-secs=soon', 'ostree/repo-invalid'],
    ['[core]\nrepo_version=1\nmin-free-space-percent=100', 'ostree/repo-invalid'],
    ['[core]\nrepo_version=1\nmin-free-space-size=2PB', 'ostree/repo-invalid'],
  ] as const)('is refused: %j', (text, code) => {
    expect(() => parseRepoConfig(text, '/srv/repo')).toThrow(withCode(code));
  });

  it.each(['0', '10', '-1'])('has the usual level of compression where it says %s', (level) => {
    expect(parse('[archive]', `zlib-level=${level}`).zlibLevel).toBe(6);
  });

  it('that is refused names the repository', () => {
    const made = new HandMadeRepo(fresh());
    made.write('config', '[core]\nrepo_version=2\n');
    expect(() => openRepo(made.path)).toThrow(made.path);
  });
});

describe('an open repository', () => {
  it('is the same directory after its path was renamed and taken by another', () => {
    const made = new HandMadeRepo(fresh());
    const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
    const repo = openRepo(made.path);
    renameSync(made.path, `${made.path}-moved`);
    new HandMadeRepo(made.path);
    expect(resolveRev(repo, 'os/main')).toBe(commit);
    expect(() => openRepo(made.path, { expect: repo })).toThrow(withCode('ostree/repo-moved'));
    expect(openRepo(`${made.path}-moved`, { expect: repo }).ino).toBe(repo.ino);
    repo.close();
    repo.close();
    expect(() => resolveRev(repo, 'os/main')).toThrow();
  });

  it('leaves no descriptor open where it is refused', () => {
    const made = new HandMadeRepo(fresh());
    made.write('config', 'garbage');
    for (let i = 0; i < 20; i++) expect(() => openRepo(made.path)).toThrow();
    expect(openBelow(realpathSync(made.path))).toEqual([]);
  });
});

describe('core.parent', () => {
  const parent = new HandMadeRepo(fresh());
  const commit = parent.commit(parent.dirtree({ files: [], dirs: [] }));
  const child = new HandMadeRepo(fresh());
  child.write('config', `[core]\nrepo_version=1\nmode=archive-z2\nparent=${parent.path}\n`);

  it('is where objects and refs are looked up that are not here', () => {
    const repo = openRepo(child.path);
    expect(readCommit(repo, commit).checksum).toBe(commit);
    expect(hasObject(repo, commit, 'commit')).toBe(true);
    expect(resolveRev(repo, 'os/main')).toBe(commit);
    expect(`${resolveRev(repo, commit.slice(0, 8))}\n`).toBe(
      runOstree('rev-parse', `--repo=${child.path}`, 'os/main'),
    );
    repo.close();
  });

  it('is refused for a stage, whose objects must be its own', () => {
    expect(() => openRepo(child.path, { isStage: true })).toThrow(withCode('ostree/repo-unsupported'));
  });

  it('that leads in a circle ends', () => {
    const circle = fresh();
    const made = new HandMadeRepo(circle);
    made.write('config', `[core]\nrepo_version=1\nmode=archive-z2\nparent=${circle}\n`);
    expect(() => openRepo(circle)).toThrow(/chain/);
  });
});

describe('a new repository', () => {
  it('is what ostree init makes', () => {
    for (const [mode, flags] of [
      ['archive', []],
      ['bare-user', ['--collection-id=org.example.Os']],
    ] as const) {
      const ours = fresh();
      const theirs = fresh();
      initRepo(ours, { mode, ...(flags.length > 0 && { collectionId: 'org.example.Os' }) });
      runOstree('init', `--repo=${theirs}`, `--mode=${mode}`, ...flags);
      const list = (path: string) =>
        execFileSync('find', ['.', '-printf', '%P %y\n'], { cwd: path }).toString().split('\n').sort();
      expect(list(ours)).toEqual(list(theirs));
      expect(readFileSync(`${ours}/config`, 'utf8')).toBe(readFileSync(`${theirs}/config`, 'utf8'));
      expect(() => runOstree('fsck', `--repo=${ours}`)).not.toThrow();
    }
  });

  it('is not made over anything', () => {
    const made = new HandMadeRepo(fresh());
    expect(() => initRepo(made.path)).toThrow(/not empty/);
    expect(() => initRepo(`${temporary}/no/such/parent`)).toThrow(/parent directory/);
    expect(() => initRepo(fresh(), { collectionId: 'x' })).toThrow(withCode('ostree/repo-invalid'));
    const file = fresh();
    writeFileSync(file, '');
    expect(() => initRepo(file)).toThrow(`${file} cannot be made: EEXIST`);
    expect(() => initRepo(`${file}/below`)).toThrow(`${file}/below cannot be made: ENOTDIR`);
  });

  it('is not made where it may not be, or the disk fails', () => {
    const refusing = (code: string) =>
      watchedFs(({ name }) => {
        if (name === 'mkdir') throw systemError(code, name);
      });
    const path = fresh();
    expect(() => initRepo(path, { fs: refusing('EACCES') })).toThrow(withCode('ostree/repo-invalid'));
    expect(() => initRepo(path, { fs: refusing('EACCES') })).toThrow(`${path} cannot be made: EACCES`);
    expect(() => initRepo(path, { fs: refusing('ENOSPC') })).toThrow(systemError('ENOSPC', 'mkdir'));
  });
});

describe('reading', () => {
  it('tells what is missing and where', () => {
    const repo = openRepo(new HandMadeRepo(fresh()).path);
    const absent = sha256(Buffer.from('absent'));
    expect(() => readCommit(repo, absent)).toThrow(withCode('ostree/object-missing'));
    expect(() => readCommit(repo, absent)).toThrow(`${absent}.commit is missing from ${repo.path}`);
    expect(() => resolveRev(repo, 'no/ref')).toThrow(withCode('ostree/rev-not-found'));
    repo.close();
  });
});
