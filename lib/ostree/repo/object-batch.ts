import { CHECKSUM_BYTES, type Checksum } from '../format/checksum';
import type { ChecksumSet } from '../format/checksum-set';
import type { ObjectType } from '../format/object-path';

/** Some objects of one type, in the order in which they are to be worked on. */
export interface ObjectBatch {
  readonly type: ObjectType;
  readonly checksums: readonly Checksum[];
}

/**
 * A batch as it goes from thread to thread, 32 bytes for each object: sent as strings, a million of them leave so much
 * behind in both heaps that these grow with the repository.
 */
export interface PackedBatch {
  readonly type: ObjectType;
  readonly count: number;
  /** Gone once it has been sent. */
  readonly bytes: Uint8Array;
}

/** Objects that a thread works on at a stretch: some 10 milliseconds when they are linked, 20 when hashed. */
export const OBJECTS_PER_BATCH = 500;

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

/** All of a set in batches of OBJECTS_PER_BATCH, so that one directory of `objects/` is worked on after the other. */
export function* packedBatches(type: ObjectType, set: ChecksumSet): Generator<PackedBatch, void, undefined> {
  for (const bytes of set.inPieces(OBJECTS_PER_BATCH)) {
    yield { type, count: bytes.length / CHECKSUM_BYTES, bytes };
  }
}

export function unpackBatch({ type, bytes }: PackedBatch): ObjectBatch {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const checksums: Checksum[] = [];
  for (let at = 0; at < bytes.length; at += CHECKSUM_BYTES) {
    checksums.push(buffer.toString('hex', at, at + CHECKSUM_BYTES) as Checksum);
  }
  return { type, checksums };
}
