import { type Dict, dictFromValue, parseVariant, serializeVariant, type Value } from '../../gvariant';
import { CHECKSUM_BYTES, type Checksum, checksumFromBytes, sha256 } from './checksum';
import { COMMIT_TYPE } from './commit';
import { type DeltaName, deltaDirectory } from './delta-name';
import { asFormat, corrupt } from './format-error';
import type { ObjectType } from './object-path';
import { type SignatureSet, signatureSetFromDict } from './signatures';

/** What a static delta's superblock says, as far as it matters to whoever carries it along without applying it. */
export interface DeltaSuperblock extends DeltaName {
  /** The detached metadata of the commit as it was when the delta was made; null where there was none. */
  readonly signatures: SignatureSet | null;
  readonly parts: readonly DeltaPart[];
  /** What the delta makes, or leaves to be fetched by itself. */
  readonly objects: readonly { readonly type: ObjectType; readonly checksum: Checksum }[];
}

export interface DeltaPart {
  readonly checksum: Checksum;
  /** Whether it lies in the superblock itself, where its checksum has been checked, and in no file. */
  readonly isInline: boolean;
}

/** @see libostree `OSTREE_STATIC_DELTA_SUPERBLOCK_FORMAT`, `OSTREE_STATIC_DELTA_SIGNED_FORMAT` */
const TYPE = `(a{sv}tayay${COMMIT_TYPE}aya(uayttay)a(yaytt))`;
const SIGNED_TYPE = '(taya{sv})';
const SIGNED_MAGIC = Buffer.from('OSTSGNDT');
const PART_TYPE = '(yay)';
/** libostree's `OstreeObjectType`. */
const OBJECT_TYPES: readonly (ObjectType | undefined)[] = [undefined, 'file', 'dirtree', 'dirmeta', 'commit'];

/**
 * Parses a `superblock`, one that is signed itself too, whose signatures are left to clients.
 * @throws AppError `ostree/object-corrupt` where it is malformed, or its commit or an inline part is not the one it names
 */
export function parseDeltaSuperblock(bytes: Uint8Array): DeltaSuperblock {
  return asFormat('static delta', () => {
    const isSigned = Buffer.compare(bytes.subarray(0, SIGNED_MAGIC.length), SIGNED_MAGIC) === 0;
    const inner = isSigned ? (parseVariant(SIGNED_TYPE, bytes) as [bigint, Uint8Array, Value])[1] : bytes;
    const value = parseVariant(TYPE, inner) as Value[];
    const [metadata, , from, to, commit, , headers, fallbacks] = value as [
      Value,
      bigint,
      Uint8Array,
      Uint8Array,
      Value,
      Uint8Array,
      [number, Uint8Array, bigint, bigint, Uint8Array][],
      [number, Uint8Array, bigint, bigint][],
    ];
    const name = {
      from: from.length === 0 ? null : checksumFromBytes(from),
      to: checksumFromBytes(to),
    };
    if (sha256(serializeVariant(COMMIT_TYPE, commit)) !== name.to)
      throw corrupt('static delta: the commit in it is not the one that it leads to');
    const dict = dictFromValue(metadata);
    const directory = deltaDirectory(name);
    return {
      ...name,
      signatures: readSignatures(dict, `${directory}/commitmeta`),
      parts: headers.map(([, checksum], at) =>
        readPart(dict, `${directory}/${at}`, checksumFromBytes(checksum)),
      ),
      objects: [
        ...headers.flatMap(([, , , , objects]) => readObjects(objects)),
        ...fallbacks.map(([type, checksum]) => readObject(type, checksum)),
      ],
    };
  });
}

function readSignatures(dict: Dict, key: string): SignatureSet | null {
  const entry = dict.get(key);
  if (entry?.type !== 'a{sv}') return null;
  return signatureSetFromDict(dictFromValue(entry.value));
}

function readPart(dict: Dict, key: string, checksum: Checksum): DeltaPart {
  const entry = dict.get(key);
  if (entry?.type !== PART_TYPE) return { checksum, isInline: false };
  if (sha256(serializeVariant(PART_TYPE, entry.value)) !== checksum)
    throw corrupt('static delta: a part in it does not have its checksum');
  return { checksum, isInline: true };
}

/** Each is a byte that says its type, and its checksum. */
function readObjects(bytes: Uint8Array): DeltaSuperblock['objects'] {
  const size = 1 + CHECKSUM_BYTES;
  if (bytes.length % size !== 0) throw corrupt('static delta: the list of its objects is malformed');
  return Array.from({ length: bytes.length / size }, (_, at) =>
    readObject(bytes[at * size] as number, bytes.subarray(at * size + 1, (at + 1) * size)),
  );
}

function readObject(number: number, checksum: Uint8Array): DeltaSuperblock['objects'][number] {
  const type = OBJECT_TYPES[number];
  if (type === undefined) throw corrupt('static delta: an object in it has an unknown type');
  return { type, checksum: checksumFromBytes(checksum) };
}
