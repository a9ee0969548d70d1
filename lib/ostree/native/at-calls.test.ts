import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { linkAt, listIrregular, modeAt, openAt, statAt, statFile } from './at-calls';

const O_DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY;

function withFolder<T>(use: (path: string, fd: number) => T): T {
  const path = temporaryDirectory();
  const fd = openSync(path, O_DIRECTORY);
  try {
    return use(path, fd);
  } finally {
    closeSync(fd);
  }
}

test('statAt and statFile say what node:fs says, exactly', () =>
  withFolder((folder, fd) => {
    writeFileSync(join(folder, 'a'), 'content', { mode: 0o4755 });
    linkSync(join(folder, 'a'), join(folder, 'b'));
    symlinkSync('nowhere', join(folder, 'link'));
    for (const name of ['a', 'link', '.']) {
      const expected = lstatSync(join(folder, name), { bigint: true });
      expect(statAt(fd, name)).toEqual({
        mode: Number(expected.mode),
        uid: Number(expected.uid),
        gid: Number(expected.gid),
        sizeBytes: Number(expected.size),
        linkCount: Number(expected.nlink),
        mtimeSeconds: Number(expected.mtimeNs / 1_000_000_000n),
        dev: String(expected.dev),
        ino: String(expected.ino),
        mtimeNs: expected.mtimeNs,
        ctimeNs: expected.ctimeNs,
      });
    }
    const file = openAt(fd, 'a', constants.O_RDONLY);
    expect(statFile(file)).toEqual(statAt(fd, 'a'));
    closeSync(file);
    expect(modeAt(fd, 'a')).toBe(statAt(fd, 'a')?.mode);
    expect(modeAt(fd, 'missing')).toBeNull();
    expect(statAt(fd, 'missing')).toBeNull();
    expect(statAt(fd, 'a/below')).toBeNull();
    expect(() => statFile(file)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'statx' }));
    expect(() => statAt(file, 'a')).toThrow(expect.objectContaining({ code: 'EBADF' }));
  }));

test('names work on the directory that was opened, wherever its path leads now', () =>
  withFolder((folder, fd) => {
    writeFileSync(join(folder, 'a'), 'content');
    const moved = `${folder}-moved`;
    renameSync(folder, moved);
    mkdirSync(folder);
    linkAt(fd, 'a', fd, 'b');
    expect(readFileSync(join(moved, 'b'), 'utf8')).toBe('content');
    expect(() => linkAt(fd, 'a', fd, 'b')).toThrow(
      expect.objectContaining({ code: 'EEXIST', syscall: 'linkat' }),
    );
    expect(() => linkAt(fd, 'missing', fd, 'c')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    execFileSync('rm', ['-r', moved]);
  }));

test('linkAt links a symlink itself, and openAt follows none when told so', () =>
  withFolder((folder, fd) => {
    writeFileSync(join(folder, 'a'), '');
    symlinkSync('a', join(folder, 'link'));
    linkAt(fd, 'link', fd, 'second');
    expect(lstatSync(join(folder, 'second')).isSymbolicLink()).toBe(true);
    expect(() => openAt(fd, 'link', constants.O_NOFOLLOW)).toThrow(
      expect.objectContaining({ code: 'ELOOP' }),
    );
  }));

test('listIrregular finds what is no regular file among many that are', () =>
  withFolder((folder) => {
    for (let i = 0; i < 3000; i++) writeFileSync(join(folder, `${i}`.padEnd(60, 'x')), '');
    mkdirSync(join(folder, 'directory'));
    symlinkSync('x', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    const fd = openSync(folder, O_DIRECTORY);
    expect(listIrregular(fd).sort()).toEqual(['directory', 'fifo', 'link']);
    closeSync(fd);
    expect(() => listIrregular(fd)).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'getdents64' }),
    );
  }));
