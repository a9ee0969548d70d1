import { AppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { looseName, type ObjectType } from '../format/object-path';
import type { Repo } from '../repo/open-repo';
import { writableBytes } from '../write/space-budget';
import { lookAtObjects, type ObjectToImport } from './object-list';

/** Bytes of the objects that the target does not have, as they lie in the source or a repository that it keeps objects in. */
export function missingBytes(source: Repo, target: Repo, objects: readonly ObjectToImport[]): number {
  const present = lookAtObjects(target, objects);
  let total = 0;
  for (const { path, checksum, type } of objects) {
    if (!present.has(path)) total += storedBytes(source, checksum, type);
  }
  return total;
}

function storedBytes(source: Repo, checksum: Checksum, type: ObjectType): number {
  for (let at: Repo | null = source; at !== null; at = at.parent) {
    const stat = at.fs.statAt(at.objectsFd, looseName(checksum, type, at.mode));
    if (stat !== null) return stat.sizeBytes;
  }
  return 0;
}

/** @throws AppError `ostree/no-space` before anything is written, when copies would not fit */
export function assertSpaceForCopies(source: Repo, target: Repo, objects: readonly ObjectToImport[]): void {
  const needed = missingBytes(source, target, objects);
  const available = writableBytes(target);
  if (needed <= available) return;
  const message = `${target.path} has room for ${available} more bytes and ${needed} are to be copied: free some space`;
  throw new AppError('ostree/no-space', message, { details: { path: target.path, needed, available } });
}
