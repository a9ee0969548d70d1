import { libc, systemError } from './libc';

function isCode(error: NodeJS.ErrnoException, ...codes: string[]): boolean {
  return error.code !== undefined && codes.includes(error.code);
}

/** Reads a value whose size is asked for first; grows and retries when it changed in between. */
function readSized(syscall: string, call: (buffer: Buffer | null, size: number) => number): Buffer | null {
  for (;;) {
    const size = call(null, 0);
    if (size < 0) {
      const error = systemError(syscall);
      if (isCode(error, 'ENODATA')) return null;
      throw error;
    }
    if (size === 0) return Buffer.alloc(0);
    const buffer = Buffer.alloc(size);
    const got = call(buffer, size);
    if (got >= 0) return buffer.subarray(0, got);
    const error = systemError(syscall);
    if (isCode(error, 'ERANGE')) continue;
    if (isCode(error, 'ENODATA')) return null;
    throw error;
  }
}

/** A name as the kernel has it. Its characters are bytes: names need not be UTF-8. */
function nameBytes(name: string): Buffer {
  return Buffer.from(`${name}\0`, 'latin1');
}

function splitNames(list: Buffer | null): string[] {
  if (list === null || list.length === 0) return [];
  return list
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '');
}

/** The bytes of extended attribute `name` of an open file, or null where it has none. */
export function getFileXattr(fd: number, name: string): Uint8Array | null {
  return readSized('fgetxattr', (buffer, size) => libc().fgetxattr(fd, nameBytes(name), buffer, size));
}

/** Sets extended attribute `name` of an open file, whether or not it is there already. */
export function setFileXattr(fd: number, name: string, value: Uint8Array): void {
  if (libc().fsetxattr(fd, nameBytes(name), value, value.length, 0) !== 0) throw systemError('fsetxattr');
}

/** The names of the extended attributes of an open file, in the kernel's order, a character for each byte. */
export function listFileXattrs(fd: number): string[] {
  return splitNames(readSized('flistxattr', (buffer, size) => libc().flistxattr(fd, buffer, size)));
}

/** As getFileXattr, by path and without following a symlink (a symlink cannot be opened). */
export function getPathXattr(path: string, name: string): Uint8Array | null {
  return readSized('lgetxattr', (buffer, size) => libc().lgetxattr(path, nameBytes(name), buffer, size));
}

/** As listFileXattrs, by path and without following a symlink. */
export function listPathXattrs(path: string): string[] {
  return splitNames(readSized('llistxattr', (buffer, size) => libc().llistxattr(path, buffer, size)));
}

/** As setFileXattr, by path and without following a symlink. */
export function setPathXattr(path: string, name: string, value: Uint8Array): void {
  const size = value.length;
  if (libc().lsetxattr(path, nameBytes(name), value, size, 0) !== 0) throw systemError('lsetxattr');
}
