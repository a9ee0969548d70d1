import type { Dict, Variant } from '../../gvariant';
import { CHECKSUM_BYTES, type Checksum, checksumFromBytes, checksumToBytes } from './checksum';
import { corrupt } from './format-error';
import type { ObjectType } from './object-path';

/** What a commit says of one object that it needs, in `ostree.sizes`. */
export interface ObjectSize {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  /** As it lies in an archive, compressed. */
  readonly archivedBytes: bigint;
  readonly unpackedBytes: bigint;
}

export const SIZES_KEY = 'ostree.sizes';
const TYPE = 'aay';
/** libostree's `OstreeObjectType`. Commits never stand here: one cannot state its own size. */
const TYPE_NUMBERS: ReadonlyMap<number, ObjectType> = new Map([
  [1, 'file'],
  [2, 'dirtree'],
  [3, 'dirmeta'],
  [4, 'commit'],
]);
const VARINT_BYTES_MAX = 10;

/**
 * The sizes that a commit's metadata states, in its order; null where it states none.
 * @throws AppError `ostree/object-corrupt` where an entry is malformed
 * @see libostree `ostree_commit_get_object_sizes`
 */
export function parseObjectSizes(metadata: Dict): ObjectSize[] | null {
  const entry = metadata.get(SIZES_KEY);
  if (entry?.type !== TYPE) return null;
  return (entry.value as Uint8Array[]).map(parseEntry);
}

/** The value of `ostree.sizes`, sorted by checksum as libostree writes it (`add_size_index_to_metadata`). */
export function serializeObjectSizes(sizes: Iterable<ObjectSize>): Variant {
  const sorted = [...sizes].sort((a, b) => (a.checksum < b.checksum ? -1 : 1));
  return { type: TYPE, value: sorted.map(serializeEntry) };
}

function serializeEntry({ checksum, type, archivedBytes, unpackedBytes }: ObjectSize): Uint8Array {
  const number = [...TYPE_NUMBERS].find(([, name]) => name === type)?.[0] as number;
  return new Uint8Array([
    ...checksumToBytes(checksum),
    ...varint(archivedBytes),
    ...varint(unpackedBytes),
    number,
  ]);
}

function parseEntry(bytes: Uint8Array): ObjectSize {
  if (bytes.length < CHECKSUM_BYTES + 2) throw corrupt(`commit: an entry of ${SIZES_KEY} is too short`);
  const archived = readVarint(bytes, CHECKSUM_BYTES);
  const unpacked = readVarint(bytes, archived.next);
  // Commits made before libostree 2020.1 do not tell the type.
  const type = unpacked.next < bytes.length ? TYPE_NUMBERS.get(bytes[unpacked.next] as number) : 'file';
  if (type === undefined) throw corrupt(`commit: an entry of ${SIZES_KEY} has an unknown type`);
  return {
    checksum: checksumFromBytes(bytes.subarray(0, CHECKSUM_BYTES)),
    type,
    archivedBytes: archived.value,
    unpackedBytes: unpacked.value,
  };
}

/** Seven bits a byte, the lowest first; all but the last byte have the top bit set (ostree-varint.c). */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

function readVarint(bytes: Uint8Array, start: number): { value: bigint; next: number } {
  let value = 0n;
  for (let at = start; at < bytes.length && at - start < VARINT_BYTES_MAX; at++) {
    const byte = bytes[at] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * (at - start));
    if ((byte & 0x80) === 0) return { value: BigInt.asUintN(64, value), next: at + 1 };
  }
  throw corrupt(`commit: an entry of ${SIZES_KEY} ends early`);
}
