import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tryLockFile, unlockFile } from './file-lock';
import { syncFileSystem } from './sync-file-system';
import {
  getFileXattr,
  getPathXattr,
  listFileXattrs,
  listPathXattrs,
  setFileXattr,
  setPathXattr,
} from './xattrs';

const folder = mkdtempSync(join(tmpdir(), 'native-'));
const path = join(folder, 'file');
writeFileSync(path, 'x');
afterAll(() => rmSync(folder, { recursive: true }));

test('locks of two open file descriptions exclude each other, shared ones do not', () => {
  const [first, second] = [openSync(path, 'r+'), openSync(path, 'r+')];
  expect(tryLockFile(first, 'exclusive')).toBe(true);
  expect(tryLockFile(second, 'shared')).toBe(false);
  expect(tryLockFile(first, 'shared')).toBe(true);
  expect(tryLockFile(second, 'shared')).toBe(true);
  expect(tryLockFile(first, 'exclusive')).toBe(false);
  unlockFile(first);
  expect(tryLockFile(second, 'exclusive')).toBe(true);
  closeSync(second);
  expect(tryLockFile(first, 'exclusive')).toBe(true);
  closeSync(first);
});

test('closing another descriptor of the file keeps the lock, unlike a POSIX lock', () => {
  const [held, other, rival] = [openSync(path, 'r+'), openSync(path, 'r+'), openSync(path, 'r+')];
  expect(tryLockFile(held, 'exclusive')).toBe(true);
  closeSync(other);
  expect(tryLockFile(rival, 'shared')).toBe(false);
  closeSync(held);
  closeSync(rival);
});

test('a shared lock needs read access only, an exclusive one needs write access', () => {
  const fd = openSync(path, 'r');
  expect(tryLockFile(fd, 'shared')).toBe(true);
  expect(() => tryLockFile(fd, 'exclusive')).toThrow('EBADF');
  closeSync(fd);
});

test('extended attributes go there and back, by descriptor and by path', () => {
  const fd = openSync(path, 'r+');
  setFileXattr(fd, 'user.ostreemeta', new Uint8Array([1, 0, 2]));
  setFileXattr(fd, 'user.empty', new Uint8Array(0));
  expect(getFileXattr(fd, 'user.ostreemeta')).toEqual(Buffer.from([1, 0, 2]));
  expect(getFileXattr(fd, 'user.empty')).toEqual(Buffer.alloc(0));
  expect(getFileXattr(fd, 'user.none')).toBeNull();
  expect(listFileXattrs(fd).sort()).toEqual(['user.empty', 'user.ostreemeta']);
  expect(getPathXattr(path, 'user.ostreemeta')).toEqual(Buffer.from([1, 0, 2]));
  closeSync(fd);
  symlinkSync(path, join(folder, 'link'));
  expect(listPathXattrs(join(folder, 'link'))).toEqual([]);
});

test('names of extended attributes need not be UTF-8', () => {
  const [latin, utf8] = ['user.\xff\xfe', Buffer.from('user.größe').toString('latin1')] as const;
  setPathXattr(path, latin, Buffer.from('1'));
  setPathXattr(path, utf8, Buffer.from('2'));
  expect(listPathXattrs(path)).toEqual(expect.arrayContaining([latin, utf8]));
  expect(getPathXattr(path, latin)).toEqual(Buffer.from('1'));
  expect(getPathXattr(path, utf8)).toEqual(Buffer.from('2'));
});

test('errors carry the errno of the call', () => {
  expect(() => syncFileSystem(9999)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'syncfs' }));
  expect(() => getPathXattr(join(folder, 'none'), 'user.x')).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
  const fd = openSync(path, 'r');
  syncFileSystem(fd);
  closeSync(fd);
});
