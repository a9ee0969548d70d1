import { CHECKSUM_BYTES, type Checksum } from '../format/checksum';
import type { ObjectType } from '../format/object-path';

/** Some objects of one type, in the order in which they are to be worked on. */
export interface ObjectBatch {
  readonly type: ObjectType;
  readonly checksums: readonly Checksum[];
}

/**
 * A batch as it goes from thread to thread: a million strings of their own leave so much behind in both heaps that these
 * grow with the repository, and memory beside the heaps is collected late.
 */
export interface PackedBatch {
  readonly type: ObjectType;
  readonly count: number;
  /** The digits of all checksums in a row. */
  readonly digits: string;
}

/** Objects that are linked at a stretch, some 10 milliseconds: mostly of one directory, which is looked at once. */
export const LINKED_PER_BATCH = 500;
/**
 * Objects that are hashed at a stretch, some 4 milliseconds. A thread makes much garbage by it; what it still holds of a larger
 * batch is taken for something that stays, and its heap grows by all batches that it has ever had.
 */
export const HASHED_PER_BATCH = 96;

/** Below this, the work is done before threads are up. */
export const THREADS_PAY_FROM = 3000;

/** Cuts checksums into batches of `size`, as they come. */
export function* toBatches(
  type: ObjectType,
  checksums: Iterable<Checksum>,
  size: number,
): Generator<ObjectBatch, void, undefined> {
  let batch: Checksum[] = [];
  for (const checksum of checksums) {
    batch.push(checksum);
    if (batch.length < size) continue;
    yield { type, checksums: batch };
    batch = [];
  }
  if (batch.length > 0) yield { type, checksums: batch };
}

/**
 * A batch of each piece of a set.
 * @param pieces by first byte, as a ChecksumSet gives them, so that one directory of `objects/` is worked on after the other
 */
export function* packedBatches(
  type: ObjectType,
  pieces: Iterable<string>,
): Generator<PackedBatch, void, undefined> {
  for (const digits of pieces) yield { type, count: digits.length / CHECKSUM_DIGITS, digits };
}

export function unpackBatch({ type, digits }: PackedBatch): ObjectBatch {
  const checksums: Checksum[] = [];
  for (let at = 0; at < digits.length; at += CHECKSUM_DIGITS) {
    checksums.push(digits.slice(at, at + CHECKSUM_DIGITS) as Checksum);
  }
  return { type, checksums };
}

const CHECKSUM_DIGITS = 2 * CHECKSUM_BYTES;
