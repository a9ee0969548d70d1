import { closeSync, constants, fstatSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryDirectory } from './fixtures/temporary-directory';
import { nodeFs } from './fs-port';
import * as libc from './native/libc';

const folder = temporaryDirectory();
writeFileSync(`${folder}/file`, 'content', { mode: 0o4755 });
mkdirSync(`${folder}/directory`);
symlinkSync('nowhere', `${folder}/link`);
const folderFd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what lies at a name', () => {
  const names = ['file', 'directory', 'link', 'missing', 'file/below'];
  const looks = [
    (name: string) => nodeFs.statAt(folderFd, name),
    (name: string) => nodeFs.statTypeAt(folderFd, name),
  ];

  it.each(names)('is the same with and without the library for native calls: %s', (name) => {
    libc.libc();
    const natively = looks.map((look) => look(name));
    vi.spyOn(libc, 'isLibcLoaded').mockReturnValue(false);
    expect(looks.map((look) => look(name))).toEqual(natively);
    expect(natively[0]).toEqual(nodeFs.lstatExact(`${folder}/${name}`));
    expect(natively[1]).toBe(nodeFs.lstat(`${folder}/${name}`)?.type ?? null);
  });

  it('is an error where the name is none that a file system takes', () => {
    const name = 'x'.repeat(300);
    for (const look of [nodeFs.lstat, nodeFs.lstatExact])
      expect(() => look(`${folder}/${name}`)).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
  });
});

describe('an open file', () => {
  it('is the same however it was opened and is looked at', () => {
    libc.libc();
    const natively = nodeFs.openAt(folderFd, 'file', constants.O_RDONLY);
    const stat = nodeFs.fstatExact(natively);
    vi.spyOn(libc, 'isLibcLoaded').mockReturnValue(false);
    const byPath = nodeFs.openAt(folderFd, 'file', constants.O_RDONLY);
    expect(fstatSync(byPath).ino).toBe(fstatSync(natively).ino);
    expect(nodeFs.fstatExact(byPath)).toEqual(stat);
    for (const fd of [natively, byPath]) closeSync(fd);
  });

  it('is opened natively once there are so many that the library pays', () => {
    vi.spyOn(libc, 'isLibcLoaded').mockReturnValue(false);
    const syscalls = Array.from({ length: 2001 }, () => {
      try {
        return nodeFs.openAt(folderFd, 'missing', constants.O_RDONLY);
      } catch (error) {
        return (error as NodeJS.ErrnoException).syscall;
      }
    });
    expect(syscalls.at(-1)).toBe('openat');
    expect(syscalls.slice(0, -1).every((syscall) => syscall === 'open' || syscall === 'openat')).toBe(true);
  });
});
