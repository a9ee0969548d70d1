import { AppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { looseName, type ObjectType } from '../format/object-path';
import type { ObjectBatch } from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import { writableBytes } from '../write/space-budget';
import { lookAtBatch } from './object-list';

/** Objects that the target does not have, and their bytes as they lie in the source or a repository that it keeps objects in. */
export function countMissing(
  source: Repo,
  target: Repo,
  batches: Iterable<ObjectBatch>,
): { objects: number; bytes: number } {
  let objects = 0;
  let bytes = 0;
  for (const batch of batches) {
    const present = lookAtBatch(target, batch);
    for (const checksum of batch.checksums) {
      if (present.has(checksum)) continue;
      objects++;
      bytes += storedBytes(source, checksum, batch.type);
    }
  }
  return { objects, bytes };
}

/** The size of an object as it lies in the repository or one that it keeps objects in; 0 where it is in none. */
export function storedBytes(source: Repo, checksum: Checksum, type: ObjectType): number {
  for (let at: Repo | null = source; at !== null; at = at.parent) {
    const stat = at.fs.statAt(at.objectsFd, looseName(checksum, type, at.mode));
    if (stat !== null) return stat.sizeBytes;
  }
  return 0;
}

/** @throws AppError `ostree/no-space` before anything is written, when copies would not fit */
export function assertSpaceForCopies(target: Repo, bytes: number): void {
  const available = writableBytes(target);
  if (bytes <= available) return;
  const message = `${target.path} has room for ${available} more bytes and ${bytes} are to be copied: free some space`;
  throw new AppError('ostree/no-space', message, {
    details: { path: target.path, needed: bytes, available },
  });
}
