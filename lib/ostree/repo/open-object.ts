import { AppError, errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { corrupt } from '../format/format-error';
import { looseName, type MetadataType, type ObjectType, type SideType } from '../format/object-path';
import type { Repo } from './open-repo';
import { OPEN_READ, readRegularFile } from './read-whole-file';

/**
 * Opens the file of an object of this very repository, without following a symlink. Whether it is a regular file
 * is still to be asked of the descriptor.
 * @returns null where there is nothing of that name
 * @throws AppError `ostree/object-corrupt` where it is a symlink or a device, `ostree/io-failed` where it may not be read
 */
export function openObject(repo: Repo, checksum: Checksum, type: ObjectType | SideType): number | null {
  try {
    return repo.fs.openAt(repo.objectsFd, looseName(checksum, type, repo.mode), OPEN_READ);
  } catch (error) {
    switch (errnoOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return null;
      case 'ELOOP':
        throw corrupt('it is a symlink');
      // A device without a driver, or a socket.
      case 'ENXIO':
      case 'ENODEV':
        throw corrupt('it is not a regular file');
      case 'EACCES':
        throw new AppError('ostree/io-failed', 'it may not be read: permission denied', { cause: error });
      default:
        throw error;
    }
  }
}

const SMALL_BYTES = 16 * 1024;
const small = new Uint8Array(SMALL_BYTES);
const NO_FILE: ReadonlySet<string | undefined> = new Set(['EISDIR', 'ESPIPE', 'EAGAIN']);

/**
 * The bytes under the name of an object, if they are few, as nearly all metadata is: in one read, whatever kind of file
 * they come from. Only for what is hashed before it is believed. They are good until the next object is read.
 * @returns null where there is nothing of that name, or not so little of it
 * @throws AppError `ostree/object-corrupt` where it is a symlink
 */
export function readSmallObject(repo: Repo, checksum: Checksum, type: MetadataType): Uint8Array | null {
  const fd = openObject(repo, checksum, type);
  if (fd === null) return null;
  try {
    const size = repo.fs.read(fd, small, 0, SMALL_BYTES, 0);
    return size > 0 && size < SMALL_BYTES ? small.subarray(0, size) : null;
  } catch (error) {
    // A directory, a FIFO: whoever looks closer says so.
    if (NO_FILE.has(errnoOf(error))) return null;
    throw error;
  } finally {
    repo.fs.close(fd);
  }
}

/** The bytes for as long as they are wanted: a copy of those that readSmallObject lent. */
export function keepBytes(bytes: Uint8Array): Uint8Array {
  return bytes.buffer === small.buffer ? bytes.slice() : bytes;
}

/**
 * The bytes of the file of an object of this very repository; null where there is no such file.
 * @throws AppError `ostree/object-corrupt` where it is no regular file, `ostree/object-too-large`
 */
export function readObjectFile(
  repo: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  sizeBytesMax: number,
): Uint8Array | null {
  const fd = openObject(repo, checksum, type);
  return fd === null ? null : readRegularFile(repo.fs, fd, sizeBytesMax, 'it');
}
