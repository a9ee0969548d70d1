import type { Checksum } from '../format/checksum';
import type { ObjectType } from '../format/object-path';

/** Some objects of one type, in the order in which they are to be worked on. */
export interface ObjectBatch {
  readonly type: ObjectType;
  readonly checksums: readonly Checksum[];
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
