import { errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { type MetadataType, objectPath } from '../format/object-path';
import type { Repo } from '../repo/open-repo';
import { verifyObject } from '../repo/verify-object';
import { removeTemporaryFile, writeTemporaryFile } from './write-durable-file';

/**
 * Puts a small metadata object into `objects/`: written and durable under a temporary name, then linked without
 * replacing anything. Its directory exists; the caller makes it durable.
 *
 * @returns false when it was there already, and was found good
 * @throws AppError `ostree/object-corrupt` when something else lies under its name
 */
export function placeObject(repo: Repo, checksum: Checksum, type: MetadataType, bytes: Uint8Array): boolean {
  const path = `${repo.root}/${objectPath(checksum, type, repo.mode)}`;
  if (repo.fs.lstat(path) !== null) {
    verifyObject(repo, checksum, type);
    return false;
  }
  const temporary = writeTemporaryFile(repo, bytes);
  try {
    repo.fs.link(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    verifyObject(repo, checksum, type);
    return false;
  } finally {
    removeTemporaryFile(repo, temporary);
  }
}
