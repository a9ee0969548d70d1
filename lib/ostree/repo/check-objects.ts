import { type AppErrorCode, errnoOf, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { type ObjectType, objectName } from '../format/object-path';
import { openFileObject } from './file-object';
import type { ObjectBatch } from './object-batch';
import type { Repo } from './open-repo';
import { missingObject, namingObject } from './read-object';
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
 * @param isQuick looks at presence and structure only: the headers of files are read, their content is not
 * @returns those that are not in order
 */
export function checkObjects(repo: Repo, { type, checksums }: ObjectBatch, isQuick: boolean): Fault[] {
  const faults: Fault[] = [];
  for (const checksum of checksums) {
    try {
      if (isQuick && type === 'file') checkStructure(repo, checksum);
      else verifyObject(repo, checksum, type);
    } catch (error) {
      const { code, message } = describeFault(error, `${objectName(checksum, type)} in ${repo.path}`);
      faults.push({ checksum, type, code, message });
    }
  }
  return faults;
}

/** That a content object is there, of the right type, and begins with a header in order; what follows is not read. */
function checkStructure(repo: Repo, checksum: Checksum): void {
  const object = namingObject(repo, checksum, 'file', () => openFileObject(repo, checksum));
  if (object === null) throw missingObject(repo, checksum, 'file');
  object.close();
}

/**
 * What went wrong, of any error that reading can end in. A bug is no problem of the repository.
 * @param what was read: a system error does not name it
 */
export function describeFault(error: unknown, what: string): Pick<Fault, 'code' | 'message'> {
  if (isAppError(error)) return { code: error.code, message: error.message };
  if (errnoOf(error) === undefined) throw error;
  return { code: 'ostree/io-failed', message: `${what} cannot be read: ${(error as Error).message}` };
}
