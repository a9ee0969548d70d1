import type { ObjectSize } from '../format/object-sizes';
import type { Repo } from './open-repo';
import { hasObject } from './read-object';

export interface SizeTotals {
  objects: number;
  archivedBytes: bigint;
  unpackedBytes: bigint;
}

/**
 * Adds up what a commit says of the sizes of its objects: of all, and of those that the repository lacks.
 * @see libostree `ostree show --print-sizes`
 */
export function countSizes(
  repo: Repo,
  sizes: Iterable<ObjectSize>,
): { total: SizeTotals; needed: SizeTotals } {
  const total: SizeTotals = { objects: 0, archivedBytes: 0n, unpackedBytes: 0n };
  const needed = { ...total };
  for (const { checksum, type, archivedBytes, unpackedBytes } of sizes) {
    for (const sum of hasObject(repo, checksum, type) ? [total] : [total, needed]) {
      sum.objects++;
      sum.archivedBytes += archivedBytes;
      sum.unpackedBytes += unpackedBytes;
    }
  }
  return { total, needed };
}
