import { AppError, type AppErrorCode, errnoOf, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { looseName, type ObjectType, objectName } from '../format/object-path';
import type { ObjectBatch } from './object-batch';
import type { Repo } from './open-repo';
import { verifyObject } from './verify-object';

/** Why an object is not in order. */
export interface Fault {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  readonly code: AppErrorCode;
  readonly message: string;
}

/**
 * Checks objects of this very repository where they lie. Runs in any thread.
 * @param isQuick looks at presence, type and metadata only: content is not read
 * @returns those that are not in order
 */
export function checkObjects(repo: Repo, { type, checksums }: ObjectBatch, isQuick: boolean): Fault[] {
  const faults: Fault[] = [];
  for (const checksum of checksums) {
    try {
      if (isQuick && type === 'file') checkPresence(repo, checksum);
      else verifyObject(repo, checksum, type);
    } catch (error) {
      const { code, message } = describeFault(error);
      faults.push({ checksum, type, code, message });
    }
  }
  return faults;
}

function checkPresence(repo: Repo, checksum: Checksum): void {
  const { fs, objectsFd, mode } = repo;
  const stat = fs.statAt(objectsFd, looseName(checksum, 'file', mode));
  const isSymlinkAllowed = mode === 'bare' || mode === 'bare-user-only';
  if (stat?.type === 'file' || (isSymlinkAllowed && stat?.type === 'symlink')) {
    // An empty file is a whole object everywhere but in an archive, where a header comes first.
    if (mode !== 'archive' || stat.sizeBytes > 0) return;
  }
  throw new AppError('ostree/object-corrupt', `${objectName(checksum, 'file')} is empty or no regular file`);
}

/** What went wrong, of any error that reading can end in. A bug is no problem of the repository. */
export function describeFault(error: unknown): { code: AppErrorCode; message: string; ref?: string } {
  if (isAppError(error)) {
    const { ref } = error.details;
    return { code: error.code, message: error.message, ...(typeof ref === 'string' && { ref }) };
  }
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error)) throw error;
  return { code: 'ostree/io-failed', message: error.message };
}
