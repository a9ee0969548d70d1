import { constants, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { closeFile, readFile } from './file-calls';
import { libc } from './libc';

const folder = temporaryDirectory();
const path = join(folder, 'file');
writeFileSync(path, 'content');

afterEach(() => vi.restoreAllMocks());

function read(fd: number, offset: number, length: number, position: number | null): string {
  const buffer = Buffer.alloc(10, '.');
  const size = readFile(fd, buffer, offset, length, position);
  return `${size} ${buffer}`;
}

test('a file is read from where it stands, or from where it is told', () => {
  const fd = openSync(path, 'r');
  expect(read(fd, 0, 3, null)).toBe('3 con.......');
  expect(read(fd, 2, 8, null)).toBe('4 ..tent....');
  expect(read(fd, 0, 10, null)).toBe('0 ..........');
  expect(read(fd, 1, 4, 2)).toBe('4 .nten.....');
  expect(read(fd, 0, 10, 7)).toBe('0 ..........');
  closeFile(fd);
});

test('nothing is written beside the buffer', () => {
  const fd = openSync(path, 'r');
  for (const [offset, length] of [
    [0, 11],
    [10, 1],
    [-1, 2],
    [0, -1],
  ] as const)
    expect(() => read(fd, offset, length, 0)).toThrow(RangeError);
  closeFile(fd);
});

test('errors are those of the system', () => {
  mkdirSync(join(folder, 'directory'));
  const fd = openSync(join(folder, 'directory'), constants.O_RDONLY);
  expect(() => read(fd, 0, 1, null)).toThrow(expect.objectContaining({ code: 'EISDIR', syscall: 'read' }));
  expect(() => read(fd, 0, 1, 0)).toThrow(expect.objectContaining({ code: 'EISDIR', syscall: 'pread' }));
  closeFile(fd);
  vi.spyOn(libc(), 'errno').mockReturnValue(9);
  vi.spyOn(libc(), 'close').mockReturnValue(-1);
  expect(() => closeFile(fd)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'close' }));
});
