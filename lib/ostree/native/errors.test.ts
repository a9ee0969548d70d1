import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { tryLockFile } from './file-lock';
import { libc, systemError } from './libc';
import { getFileXattr, listFileXattrs, setFileXattr, setPathXattr } from './xattrs';

const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
const removeXattr = koffi.load(null).func('int fremovexattr(int fd, const char *name)');

const path = `${temporaryDirectory()}/file`;
writeFileSync(path, 'x');

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function withFile<T>(use: (fd: number) => T): T {
  const fd = openSync(path, 'r+');
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** Lets something happen between the question for a size and that for what has it. */
function afterSizeOf(call: 'fgetxattr' | 'flistxattr', happen: () => void): void {
  const real = libc()[call];
  vi.spyOn(libc(), call).mockImplementationOnce((...args) => {
    const size = real(...args);
    happen();
    return size;
  });
}

test('an attribute that grows while it is read is read whole', () =>
  withFile((fd) => {
    setFileXattr(fd, 'user.a', Buffer.from('short'));
    afterSizeOf('fgetxattr', () => setFileXattr(fd, 'user.a', Buffer.from('longer than before')));
    expect(Buffer.from(getFileXattr(fd, 'user.a') ?? []).toString()).toBe('longer than before');
    afterSizeOf('flistxattr', () => setFileXattr(fd, 'user.b', Buffer.from('another')));
    expect(listFileXattrs(fd)).toEqual(expect.arrayContaining(['user.a', 'user.b']));
  }));

test('an attribute that is removed while it is read is absent', () =>
  withFile((fd) => {
    setFileXattr(fd, 'user.c', Buffer.from('value'));
    afterSizeOf('fgetxattr', () => removeXattr(fd, 'user.c'));
    expect(getFileXattr(fd, 'user.c')).toBeNull();
  }));

test('a file that is closed while it is read is an error', () => {
  const fd = openSync(path, 'r+');
  setFileXattr(fd, 'user.a', Buffer.from('value'));
  afterSizeOf('fgetxattr', () => closeSync(fd));
  expect(() => getFileXattr(fd, 'user.a')).toThrow(
    expect.objectContaining({ code: 'EBADF', syscall: 'fgetxattr' }),
  );
});

test('an attribute that cannot be set is an error', () => {
  const error = (code: string, syscall: string) => expect.objectContaining({ code, syscall });
  withFile((fd) => {
    expect(() => setFileXattr(fd, 'no.namespace', Buffer.from('x'))).toThrow(
      error('EOPNOTSUPP', 'fsetxattr'),
    );
  });
  expect(() => setPathXattr(`${path}-missing`, 'user.a', Buffer.from('x'))).toThrow(
    error('ENOENT', 'lsetxattr'),
  );
});

test('an error without a name is told by its number', () => {
  koffi.errno(3999);
  expect(systemError('call')).toMatchObject({ code: 'E3999', errno: -3999, syscall: 'call' });
});

test('locks are refused where the layout of their structure is not known', () =>
  withFile((fd) => {
    vi.stubGlobal('process', Object.create(process, { arch: { value: 'ia32' } }));
    expect(() => tryLockFile(fd, 'shared')).toThrow('file locks are not supported on ia32');
  }));
