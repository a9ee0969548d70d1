import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemError, watchedFs } from '../../fixtures/faulty-fs';
import { PLAIN_DIRMETA } from '../../fixtures/hand-made-repo';
import { temporaryDirectory } from '../../fixtures/temporary-directory';
import { type Checksum, sha256 } from '../../format/checksum';
import { type FsPort, nodeFs } from '../../fs-port';
import { initRepo } from '../../repo/init-repo';
import { openRepo, type Repo } from '../../repo/open-repo';
import { readDirmeta } from '../../repo/read-object';
import { FetchStaging } from './fetch-staging';

const FROM = 'http://example.org/';
const dirmeta = sha256(PLAIN_DIRMETA);
const folder = temporaryDirectory();
let targetPath: string;
let targets = 0;
let open: Repo[] = [];
let staged: FetchStaging[] = [];
beforeEach(() => {
  targetPath = join(folder, `target-${targets++}`);
  initRepo(targetPath);
});
afterEach(() => {
  for (const one of staged) one.close();
  for (const repo of open) repo.close();
  staged = [];
  open = [];
});

function openStaging(fs?: FsPort): FetchStaging {
  const target = openRepo(targetPath, { fs });
  open.push(target);
  const staging = FetchStaging.open(target, FROM);
  staged.push(staging);
  return staging;
}

/** What a killed pull leaves in `tmp/`. */
function leave(name: string, files: Record<string, string | Uint8Array>): string {
  const path = join(targetPath, 'tmp', `treeline-fetch-${name}`);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

function fetchFolders(): string[] {
  return readdirSync(join(targetPath, 'tmp')).filter((name) => name.startsWith('treeline-fetch-'));
}

function nameOf(staging: FetchStaging): string {
  return basename(staging.repo.root);
}

function objectAt(checksum: Checksum, extension: string): string {
  return `objects/${checksum.slice(0, 2)}/${checksum.slice(2)}.${extension}`;
}

/** A port on which `happen` is called right before the first call of that name on a path that ends so. */
function before(name: string, end: string, happen: (path: string) => void): FsPort {
  let isDue = true;
  return watchedFs((call) => {
    if (!isDue || call.name !== name || !String(call.args[0]).endsWith(end)) return;
    isDue = false;
    happen(String(call.args[0]));
  });
}

test('a folder without an owner is taken over, and further ones are removed', () => {
  const names = ['a', 'b'].map((name) => basename(leave(name, { lock: '', 'parts/x': 'a part' })));
  const staging = openStaging();
  expect(staging.isTakenOver).toBe(true);
  expect(names).toContain(nameOf(staging));
  expect(fetchFolders()).toEqual([nameOf(staging)]);
});

test('a folder whose owner is at work is not', () => {
  const first = openStaging();
  const second = openStaging();
  expect(second.isTakenOver).toBe(false);
  expect(fetchFolders().sort()).toEqual([nameOf(first), nameOf(second)].sort());
});

test('nor is somebody else’s, who could change what was checked', () => {
  leave('theirs', { lock: '' });
  const fs: FsPort = {
    ...nodeFs,
    lstat: (path) => {
      const stat = nodeFs.lstat(path);
      return stat === null || !path.endsWith('-theirs') ? stat : { ...stat, uid: stat.uid + 1 };
    },
  };
  expect(openStaging(fs).isTakenOver).toBe(false);
  expect(fetchFolders()).toHaveLength(2);
});

test('one that its owner removes while its lock is opened is left alone', () => {
  const path = leave('ending', { lock: '' });
  const fs = before('lstat', '-ending/lock', () => rmSync(path, { recursive: true }));
  expect(openStaging(fs).isTakenOver).toBe(false);
  expect(fetchFolders()).toHaveLength(1);
});

test('one without a lock is removed where it is empty, and harms nobody where it isn’t or goes by itself', () => {
  const [empty, full, going] = [leave('empty', {}), leave('full', { 'parts/x': '' }), leave('going', {})];
  const fs = before('rmdir', '-going', (path) => rmdirSync(path));
  expect(openStaging(fs).isTakenOver).toBe(false);
  expect([empty, full, going].map(existsSync)).toEqual([false, true, false]);
});

test.each([
  ['its lock can’t be opened', 'open', '-left/lock', { lock: '' }],
  ['it can’t be removed', 'rmdir', '-left', {}],
])('an error of the disk is told: %s', (_what, call, end, files) => {
  leave('left', files);
  const fs = before(call, end, () => {
    throw systemError('EIO', call);
  });
  expect(() => openStaging(fs)).toThrow(expect.objectContaining({ code: 'EIO' }));
});

test('another is made where somebody takes the new, empty one for one that was left', () => {
  const taken: string[] = [];
  const fs = before('open', '/lock', (path) => {
    taken.push(basename(dirname(path)));
    rmdirSync(dirname(path));
  });
  const staging = openStaging(fs);
  expect(taken).toHaveLength(1);
  expect(fetchFolders()).toEqual([nameOf(staging)]);
  expect(taken).not.toContain(nameOf(staging));
});

test.each(['/lock', '/objects', '/parts'])('without room for %s nothing is staged', (end) => {
  const fs = before(end === '/lock' ? 'open' : 'mkdir', end, () => {
    throw systemError('ENOSPC', 'open');
  });
  expect(() => openStaging(fs)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
  // At most an empty folder, which goes with the next pull.
  const next = openStaging();
  expect(fetchFolders()).toEqual([nameOf(next)]);
});

test('what was left of a metadata object is used if it is good, and dropped if not', () => {
  const path = leave('left', { lock: '', [objectAt(dirmeta, 'dirmeta')]: PLAIN_DIRMETA });
  const staging = openStaging();
  expect(staging.readLeft(dirmeta, 'dirmeta', readDirmeta)).toMatchObject({ mode: 0o40755 });
  writeFileSync(join(path, objectAt(dirmeta, 'dirmeta')), 'torn');
  expect(staging.readLeft(dirmeta, 'dirmeta', readDirmeta)).toBeNull();
  expect(staging.has(dirmeta, 'dirmeta')).toBe(false);
});

test('a disk that fails to read it is no reason to drop it', () => {
  leave('left', { lock: '', [objectAt(dirmeta, 'dirmeta')]: PLAIN_DIRMETA });
  const fs = watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).includes(dirmeta.slice(2))) throw systemError('EIO', name);
  });
  const staging = openStaging(fs);
  expect(() => staging.readLeft(dirmeta, 'dirmeta', readDirmeta)).toThrow(
    expect.objectContaining({ code: 'ostree/io-failed' }),
  );
  expect(staging.has(dirmeta, 'dirmeta')).toBe(true);
});

test('an object takes the place of what was left under its name', () => {
  const path = leave('left', { lock: '', [objectAt(dirmeta, 'commitmeta')]: 'old' });
  const other = join(path, 'objects/another-name');
  linkSync(join(path, objectAt(dirmeta, 'commitmeta')), other);
  const staging = openStaging();
  staging.write(dirmeta, 'commitmeta', Buffer.from('new'));
  expect(readFileSync(staging.pathOf(dirmeta, 'commitmeta'), 'utf8')).toBe('new');
  expect(readFileSync(other, 'utf8')).toBe('old');
});

test('an object that can’t be created is an error of the disk', () => {
  const fs = before('open', '.dirmeta', () => {
    throw systemError('ENOSPC', 'open');
  });
  const staging = openStaging(fs);
  expect(() => staging.write(dirmeta, 'dirmeta', PLAIN_DIRMETA)).toThrow(
    expect.objectContaining({ code: 'ENOSPC' }),
  );
});
