import { AppError } from '../../errors';
import type { Repo } from '../repo/open-repo';
import { writableBytes } from '../write/space-budget';
import { lookAtObjects, type ObjectToImport } from './object-list';

/** Bytes of the objects that the target does not have, as they lie in the source. */
export function missingBytes(source: Repo, target: Repo, objects: readonly ObjectToImport[]): number {
  const present = lookAtObjects(target, objects);
  let total = 0;
  for (const { path } of objects) {
    if (!present.has(path)) total += source.fs.lstat(`${source.root}/objects/${path}`)?.sizeBytes ?? 0;
  }
  return total;
}

/** @throws AppError `ostree/no-space` before anything is written, when copies would not fit */
export function assertSpaceForCopies(source: Repo, target: Repo, objects: readonly ObjectToImport[]): void {
  const needed = missingBytes(source, target, objects);
  const available = writableBytes(target);
  if (needed <= available) return;
  const message = `${target.path} has room for ${available} more bytes and ${needed} are to be copied: free some space`;
  throw new AppError('ostree/no-space', message, { details: { path: target.path, needed, available } });
}
