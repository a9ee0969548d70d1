import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AppError, errnoOf } from '../errors';

const keyFileBytesMax = 1024 * 1024;

/** Makes a folder that only its owner may enter. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** @throws AppError `home-unsafe` where anyone but the owner may use `path`, or it is someone else's */
export function assertPrivate(path: string): void {
  const stat = lstatSync(path);
  if (stat.mode & 0o077) throw unsafe(path, 'is open to other users; run chmod go-rwx on it');
  if (process.getuid && stat.uid !== process.getuid()) throw unsafe(path, 'belongs to another user');
}

/**
 * Reads a whole key file without following a symbolic link. The caller fills the bytes with zeros when done.
 *
 * @throws AppError `ostree/key-invalid` where it can't be read or is no regular file of a sane size. Never says
 *   what is in it
 */
export function readKeyFile(path: string, { isPrivate }: { isPrivate: boolean }): Buffer {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    throw new AppError('ostree/key-invalid', `cannot read the key file ${path} (${errnoOf(cause)})`, {
      details: { path },
      cause,
    });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > keyFileBytesMax) {
      throw new AppError('ostree/key-invalid', `${path} is not a key file`, { details: { path } });
    }
    if (isPrivate && stat.mode & 0o077) throw unsafe(path, 'is open to other users; run chmod 600 on it');
    const bytes = Buffer.alloc(stat.size);
    return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a new file of mode 0600 durably: complete under its name, or not there. Names tell what is in the file,
 * so one that is there already is the same, and stays.
 */
export function writeKeyFile(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  const fd = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    writeSync(fd, bytes);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  try {
    linkSync(temporary, path);
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function unsafe(path: string, what: string): AppError {
  return new AppError('home-unsafe', `${path} ${what}`, { details: { path } });
}
