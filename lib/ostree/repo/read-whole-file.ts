import { constants } from 'node:fs';
import { AppError, errnoOf } from '../../errors';
import type { FsPort } from '../fs-port';

/** `O_NONBLOCK` so that a FIFO put in place of a file cannot hang the process. */
export const OPEN_READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads a regular file whole, through one descriptor and without following a symlink.
 * @param what the file's name in messages
 * @returns null where there is no such file
 * @throws AppError `ostree/object-corrupt` where it is no regular file, `ostree/object-too-large`
 */
export function readWholeFile(
  fs: FsPort,
  path: string,
  sizeBytesMax: number,
  what: string,
): Uint8Array | null {
  const fd = openForReading(fs, path, what);
  return fd === null ? null : readRegularFile(fs, fd, sizeBytesMax, what);
}

/** As readWholeFile, from a descriptor, which it closes. */
export function readRegularFile(fs: FsPort, fd: number, sizeBytesMax: number, what: string): Uint8Array {
  try {
    const stat = fs.fstat(fd);
    if (stat.type !== 'file') throw new AppError('ostree/object-corrupt', `${what} is not a regular file`);
    if (stat.sizeBytes > sizeBytesMax) {
      throw new AppError('ostree/object-too-large', `${what} is larger than ${sizeBytesMax} bytes`);
    }
    return readFully(fs, fd, 0, stat.sizeBytes);
  } finally {
    fs.close(fd);
  }
}

/**
 * Opens a file for reading without following a symlink.
 * @returns null where there is no such file
 * @throws AppError `ostree/object-corrupt` where it is a symlink
 */
export function openForReading(fs: FsPort, path: string, what: string): number | null {
  try {
    return fs.open(path, OPEN_READ);
  } catch (error) {
    switch (errnoOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return null;
      case 'ELOOP':
        throw new AppError('ostree/object-corrupt', `${what} is a symlink`, { cause: error });
      default:
        throw error;
    }
  }
}

/**
 * Reads up to `length` bytes from `position` on; fewer only where the file ends before.
 * @param room where they are put if they fit, so that a caller who reads thousands of files takes no memory for each
 */
export function readFully(
  fs: FsPort,
  fd: number,
  position: number,
  length: number,
  room?: Uint8Array,
): Uint8Array {
  const bytes =
    room === undefined || length > room.length ? new Uint8Array(length) : room.subarray(0, length);
  let got = 0;
  while (got < length) {
    const count = fs.read(fd, bytes, got, length - got, position + got);
    if (count === 0) return bytes.subarray(0, got);
    got += count;
  }
  return bytes;
}
