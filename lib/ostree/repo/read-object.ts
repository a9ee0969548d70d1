import { AppError, isAppError, isSystemError } from '../../errors';
import { type Checksum, sha256 } from '../format/checksum';
import { type Dirmeta, parseDirmeta } from '../format/dirmeta';
import { type Dirtree, parseDirtree } from '../format/dirtree';
import { limits } from '../format/limits';
import {
  looseName,
  type MetadataType,
  type ObjectType,
  objectName,
  type SideType,
} from '../format/object-path';
import { keepBytes, readObjectFile, readSmallObject } from './open-object';
import type { Repo } from './open-repo';

/**
 * The bytes of a metadata object, whose checksum has been checked. Missing ones are looked up in the parent.
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/object-too-large`
 */
export function readMetadataBytes(repo: Repo, checksum: Checksum, type: MetadataType): Uint8Array {
  const bytes = findMetadataBytes(repo, checksum, type);
  if (bytes === null) throw missingObject(repo, checksum, type);
  return bytes;
}

/** As readMetadataBytes, but null where there is no such object. */
export function findMetadataBytes(repo: Repo, checksum: Checksum, type: MetadataType): Uint8Array | null {
  const bytes = borrowMetadataBytes(repo, checksum, type);
  return bytes && keepBytes(bytes);
}

/**
 * As findMetadataBytes, but the bytes are good only until the next object is read: for whoever goes through thousands and
 * keeps of each what it says. Copies of them all would be collected late, and be most of the memory that a walk takes.
 */
export function borrowMetadataBytes(repo: Repo, checksum: Checksum, type: MetadataType): Uint8Array | null {
  const sizeBytesMax = type === 'dirtree' ? limits.dirtreeSizeBytesMax : limits.metadataSizeBytesMax;
  for (let at: Repo | null = repo; at !== null; at = at.parent) {
    const owner = at;
    const few = namingObject(at, checksum, type, () => readSmallObject(owner, checksum, type));
    if (few !== null && sha256(few) === checksum) return few;
    const bytes = namingObject(at, checksum, type, () => readObjectFile(owner, checksum, type, sizeBytesMax));
    if (bytes === null) continue;
    if (sha256(bytes) !== checksum)
      throw corruptObject(at, checksum, type, 'its bytes do not have its checksum');
    return bytes;
  }
  return null;
}

/** @throws AppError as readMetadataBytes */
export function readDirtree(repo: Repo, checksum: Checksum): Dirtree {
  const bytes = borrowMetadataBytes(repo, checksum, 'dirtree');
  if (bytes === null) throw missingObject(repo, checksum, 'dirtree');
  return namingObject(repo, checksum, 'dirtree', () => parseDirtree(bytes));
}

/** @throws AppError as readMetadataBytes */
export function readDirmeta(repo: Repo, checksum: Checksum): Dirmeta {
  const bytes = readMetadataBytes(repo, checksum, 'dirmeta');
  return namingObject(repo, checksum, 'dirmeta', () => parseDirmeta(bytes));
}

/** Whether there is anything under the object's name, here or in the parent. Says nothing of its content. */
export function hasObject(repo: Repo, checksum: Checksum, type: ObjectType | SideType): boolean {
  for (let at: Repo | null = repo; at !== null; at = at.parent) {
    if (at.fs.statTypeAt(at.objectsFd, looseName(checksum, type, at.mode)) !== null) return true;
  }
  return false;
}

/**
 * Runs `read`, which reads an object or makes sense of its bytes. An AppError in it is thrown again with the object's name in
 * front, a system error as `ostree/io-failed` with the name.
 */
export function namingObject<T>(
  repo: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  read: () => T,
): T {
  try {
    return read();
  } catch (error) {
    if (!isSystemError(error)) throw nameObject(repo, checksum, type, error);
    const object = objectName(checksum, type);
    throw new AppError('ostree/io-failed', `${object} in ${repo.path} cannot be read: ${error.message}`, {
      details: { object, path: repo.path, errno: error.code },
      cause: error,
    });
  }
}

/** Whether `error` says that an object is missing or not in order, rather than that the disk does not give it. */
export function isAboutObject(error: unknown): error is AppError {
  return isAppError(error) && error.code !== 'ostree/io-failed';
}

/** `error` with the object's name in front of its message, if it is an AppError that names none yet. */
export function nameObject(
  repo: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  error: unknown,
): unknown {
  if (!isAppError(error) || error.details.object !== undefined) return error;
  const object = objectName(checksum, type);
  const verb = error.code === 'ostree/object-too-large' ? 'is too large' : 'is damaged';
  return new AppError(error.code, `${object} in ${repo.path} ${verb}: ${error.message}`, {
    details: { object, path: repo.path },
    cause: error,
  });
}

export function missingObject(repo: Repo, checksum: Checksum, type: ObjectType): AppError {
  const object = objectName(checksum, type);
  return new AppError('ostree/object-missing', `${object} is missing from ${repo.path}`, {
    details: { object, path: repo.path },
  });
}

export function corruptObject(
  repo: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  why: string,
): AppError {
  const object = objectName(checksum, type);
  return new AppError('ostree/object-corrupt', `${object} in ${repo.path} is damaged: ${why}`, {
    details: { object, path: repo.path },
  });
}
