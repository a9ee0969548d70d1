import {
  appendFileSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FsCall, InjectedCrash, systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { type Checksum, sha256 } from '../format/checksum';
import { serializeFileHeader } from '../format/file-header';
import { objectPath } from '../format/object-path';
import type { FsPort } from '../fs-port';
import { checkObjects } from './check-objects';
import { listDeltas } from './list-deltas';
import { listRefs } from './list-refs';
import { openRepo, type Repo } from './open-repo';
import { readCommit } from './read-commit';
import { readFileContent, readFileInfo } from './read-file';
import { resolveRef, resolveRev } from './resolve-rev';
import { verifyObject } from './verify-object';

const temporary = temporaryDirectory();
let count = 0;
const fresh = () => `${temporary}/${count++}`;

const isAbout = (call: FsCall, name: keyof FsPort, end: string) =>
  call.name === name && (end === '' || call.args.some((arg) => typeof arg === 'string' && arg.endsWith(end)));

/** A port on which every call of that name about a path that ends so fails. */
function refusing(name: keyof FsPort, end: string, code = 'EIO'): FsPort {
  return watchedFs((call) => {
    if (isAbout(call, name, end)) throw systemError(code, name);
  });
}

/** The repository, in which something happens right before the first call of that name about a path that ends so. */
function openWhere(path: string, name: keyof FsPort, end: string, happen: () => void): Repo {
  let isDue = true;
  const fs = watchedFs((call) => {
    if (!isDue || !isAbout(call, name, end)) return;
    isDue = false;
    happen();
  });
  return { ...openRepo(path), fs };
}

function setUp() {
  const made = new HandMadeRepo(fresh());
  const file = made.filez(Buffer.alloc(3000, 'content'));
  const commit = made.commit(made.dirtree({ files: [{ name: 'f', checksum: file }], dirs: [] }));
  symlinkSync('os/main', `${made.path}/refs/heads/alias`);
  const pathOf = (checksum: Checksum, type: 'commit' | 'file') =>
    `${made.path}/${objectPath(checksum, type, 'archive')}`;
  return { made, file, commit, pathOf };
}

/** A bare repository with a symlink in it that leads to `target`. */
function withSymlink(target: string | Buffer) {
  const made = new HandMadeRepo(fresh(), 'bare');
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const header = { ...PLAIN_FILE, uid, gid, mode: 0o120777, target: target.toString() };
  const checksum = sha256(serializeFileHeader(header));
  const path = `${made.path}/${objectPath(checksum, 'file', 'bare')}`;
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  symlinkSync(target, path);
  return { made, checksum, path };
}

describe('what the disk refuses to read', () => {
  const { made, commit } = setUp();
  it.each<[string, keyof FsPort, string, (repo: Repo) => unknown]>([
    ['the directory of objects', 'readdir', '/objects', (repo) => resolveRev(repo, 'abcdef')],
    ['the directory of refs', 'readdir', '/refs/heads', (repo) => listRefs(repo)],
    ['the directory of remotes', 'readdir', '/refs/remotes', (repo) => resolveRev(repo, 'none')],
    ['the directory of deltas', 'readdir', '/deltas', listDeltas],
    ['a ref', 'openAt', 'refs/heads/os/main', (repo) => resolveRef(repo, 'os/main')],
    ['an alias', 'readlink', 'refs/heads/alias', (repo) => resolveRef(repo, 'alias')],
    ['a commit', 'read', '', (repo) => readCommit(repo, commit)],
  ])('is not taken for absent: %s', (_, name, end, read) => {
    const repo = openRepo(made.path);
    expect(() => read({ ...repo, fs: refusing(name, end) })).toThrow(systemError('EIO', name).message);
    repo.close();
  });

  it('is not taken for absent: a config, a symlink of a bare repository', () => {
    expect(() => openRepo(made.path, { fs: refusing('open', '/config') })).toThrow(
      systemError('EIO', 'open'),
    );
    const { made: bare, checksum } = withSymlink('target');
    const repo = { ...openRepo(bare.path), fs: refusing('readlink', '') };
    expect(() => readFileInfo(repo, checksum)).toThrow(
      `${checksum}.file in ${bare.path} cannot be read: EIO: injected, readlink`,
    );
    repo.close();
  });

  it('is a fault of the object, by its name; a bug is none', () => {
    const repo = openRepo(made.path);
    const check = (fs: FsPort) =>
      checkObjects({ ...repo, fs }, { type: 'commit', checksums: [commit] }, true);
    expect(check(refusing('read', ''))).toEqual([
      {
        checksum: commit,
        type: 'commit',
        code: 'ostree/io-failed',
        message: `${commit}.commit in ${made.path} cannot be read: EIO: injected, read`,
      },
    ]);
    const crash = watchedFs(() => {
      throw new InjectedCrash('a bug');
    });
    expect(() => check(crash)).toThrow(InjectedCrash);
    repo.close();
  });
});

describe('while it is read', () => {
  const replace = (path: string) => {
    unlinkSync(path);
    writeFileSync(path, 'no alias');
  };
  it.each<[string, keyof FsPort, string, (path: string) => void]>([
    ['an alias that is removed', 'readlink', 'alias', unlinkSync],
    ['an alias in whose place a file is put', 'readlink', 'alias', replace],
    ['a ref that is removed', 'openAt', 'going', unlinkSync],
  ])('%s is left out of the listing', (_, name, ref, happen) => {
    const { made, commit } = setUp();
    made.ref('going', commit);
    const path = `${made.path}/refs/heads/${ref}`;
    const repo = openWhere(made.path, name, `refs/heads/${ref}`, () => happen(path));
    const others = ['alias', 'going', 'os/main'].filter((other) => other !== ref);
    expect(listRefs(repo).map((entry) => entry.ref)).toEqual(others);
    repo.close();
  });

  it('a ref that becomes a symlink, or a socket, is refused', () => {
    const { made } = setUp();
    const path = `${made.path}/refs/heads/os/main`;
    const repo = openWhere(made.path, 'openAt', 'refs/heads/os/main', () => {
      unlinkSync(path);
      symlinkSync('/etc/passwd', path);
    });
    expect(() => resolveRef(repo, 'os/main')).toThrow(withCode('ostree/ref-invalid'));
    expect(() => resolveRef(repo, 'os/main')).toThrow('refs/heads/os/main');
    unlinkSync(path);
    made.ref('os/main', 'whatever');
    const socket = { ...repo, fs: refusing('openAt', 'refs/heads/os/main', 'ENXIO') };
    expect(() => resolveRef(socket, 'os/main')).toThrow(/is neither a file nor an alias/);
    repo.close();
  });

  it('a symlink of a bare repository in whose place a file is put is refused', () => {
    const { made, checksum, path } = withSymlink('target');
    const repo = openWhere(made.path, 'readlink', '', () => {
      unlinkSync(path);
      writeFileSync(path, 'no symlink');
    });
    expect(() => readFileInfo(repo, checksum)).toThrow(withCode('ostree/object-corrupt'));
    repo.close();
  });

  it('a symlink of a bare repository that is removed is missing', () => {
    const { made, checksum, path } = withSymlink('target');
    const repo = openWhere(made.path, 'readlink', '', () => unlinkSync(path));
    expect(() => readFileInfo(repo, checksum)).toThrow(withCode('ostree/object-missing'));
    repo.close();
  });

  it('a file that is cut behind its header ends early', () => {
    const { made, file, pathOf } = setUp();
    let reads = 0;
    const fs = watchedFs(({ name }) => {
      // The first takes the header, the second the content.
      if (name === 'read' && ++reads === 2) truncateSync(pathOf(file, 'file'), 42);
    });
    const repo = { ...openRepo(made.path), fs };
    expect(() => readFileContent(repo, file, { maxBytes: 1e6 })).toThrow(
      `${file}.file in ${made.path} is damaged: its compressed content ends early`,
    );
    repo.close();
  });

  it('an object that is cut, or grows, does not have its checksum', () => {
    const { made, file, commit, pathOf } = setUp();
    const cut = openWhere(made.path, 'read', '', () => truncateSync(pathOf(commit, 'commit'), 10));
    expect(() => verifyObject(cut, commit, 'commit')).toThrow(/its bytes do not have its checksum/);
    cut.close();
    const grown = openWhere(made.path, 'read', '', () => appendFileSync(pathOf(file, 'file'), 'more'));
    expect(() => verifyObject(grown, file, 'file')).toThrow(/something follows its compressed content/);
    grown.close();
  });

  it('a directory of objects that goes, or was none, holds no commits', () => {
    const { made, commit } = setUp();
    made.write('objects/0f', 'no directory');
    const prefix = commit.slice(0, 2);
    const repo = openRepo(made.path);
    expect(() => resolveRev(repo, '0f')).toThrow(withCode('ostree/rev-not-found'));
    repo.close();
    const later = openWhere(made.path, 'readdir', `/objects/${prefix}`, () =>
      rmSync(`${made.path}/objects/${prefix}`, { recursive: true }),
    );
    expect(() => resolveRev(later, prefix)).toThrow(withCode('ostree/rev-not-found'));
    later.close();
  });
});

describe('a symlink of a bare repository', () => {
  it('whose target is no text is refused, since no header can hold it', () => {
    const { made, checksum } = withSymlink(Buffer.from([0x2f, 0xff]));
    const repo = openRepo(made.path);
    expect(() => readFileInfo(repo, checksum)).toThrow(`${checksum}.file in ${made.path} is damaged`);
    repo.close();
  });

  it('has its attributes left alone where the config says so, on a file system without any', () => {
    const { made, checksum } = withSymlink('target');
    const file = sha256(Buffer.from('any'));
    made.write(objectPath(file, 'file', 'bare'), 'content');
    const fs = watchedFs(({ name }) => {
      if (/^list(?:Path)?Xattrs$/.test(name)) throw systemError('ENOTSUP', name);
    });
    const infos = () => {
      const repo = openRepo(made.path, { fs });
      try {
        return [checksum, file].map((object) => readFileInfo(repo, object).xattrs);
      } finally {
        repo.close();
      }
    };
    expect(infos).toThrow(
      `${checksum}.file in ${made.path} cannot be read: ENOTSUP: injected, listPathXattrs`,
    );
    made.write('config', `${made.read('config')}disable-xattrs=true\n`);
    expect(infos()).toEqual([[], []]);
  });
});
