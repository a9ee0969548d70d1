import { AppError } from '../../errors';
import {
  ByteWriter,
  compareUtf8,
  type Dict,
  dictFromValue,
  parseVariant,
  Serialized,
  serializeVariant,
  sortedDictValue,
  TupleReader,
  type Value,
  writeOffsets,
} from '../../gvariant';
import { bufferOf } from './buffer-of';
import { CHECKSUM_BYTES, type Checksum, checksumFromBytes, checksumToBytes } from './checksum';
import { type CommitRelease, metadataString, swapUint64 } from './commit';
import { asFormat } from './format-error';
import { isListableRef } from './ref-name';

export const SUMMARY_TYPE = '(a(s(taya{sv}))a{sv})';
const COLLECTION_MAP_TYPE = 'a{sa(s(taya{sv}))}';

/** Keys of a summary's own metadata. */
export const summaryKeys = {
  collectionMap: 'ostree.summary.collection-map',
  collectionId: 'ostree.summary.collection-id',
  lastModified: 'ostree.summary.last-modified',
  expires: 'ostree.summary.expires',
  mode: 'ostree.summary.mode',
  tombstoneCommits: 'ostree.summary.tombstone-commits',
  indexedDeltas: 'ostree.summary.indexed-deltas',
  staticDeltas: 'ostree.static-deltas',
} as const;
const COMMIT_TIMESTAMP = 'ostree.commit.timestamp';
const COMMIT_VERSION = 'ostree.commit.version';

/** One ref as a summary lists it. */
export interface SummaryRef {
  readonly ref: string;
  readonly checksum: Checksum;
  /** Size of the commit object: the most that a client will download for it. */
  readonly commitSizeBytes: bigint;
  readonly metadata: Dict;
}

export interface SummaryFields {
  /** The repository's own refs. */
  readonly refs: readonly SummaryRef[];
  /** Refs of other collections, by collection ID. */
  readonly collectionRefs: ReadonlyMap<string, readonly SummaryRef[]>;
  /** Every other key, known or not, in the order in which they stand. */
  readonly metadata: Dict;
}

export interface ParsedSummary extends SummaryFields {
  /** Seconds since 1970, or null where the key is missing. */
  readonly lastModified: number | null;
  readonly collectionId: string | null;
}

/**
 * Parses a `summary`. Refs must be sorted and unique, since clients search them by halves.
 * @throws AppError `ostree/summary-invalid`
 * @see libostree `ostree_repo_regenerate_metadata`
 */
export function parseSummary(bytes: Uint8Array): ParsedSummary {
  return asFormat(
    'summary',
    () => {
      const [refs, globals] = parseVariant(SUMMARY_TYPE, bytes) as [Value, Value];
      const metadata = dictFromValue(globals);
      const collectionRefs = takeCollectionMap(metadata);
      return {
        refs: readRefs(refs),
        collectionRefs,
        metadata,
        lastModified: bigEndianSeconds(metadata, summaryKeys.lastModified),
        collectionId: metadataString(metadata, summaryKeys.collectionId),
      };
    },
    'ostree/summary-invalid',
  );
}

/**
 * What a summary says beside its refs, which are not looked at: for whoever makes it anew, and it may have thousands.
 * @throws AppError `ostree/summary-invalid`
 */
export function parseSummaryMetadata(bytes: Uint8Array): Pick<ParsedSummary, 'metadata' | 'lastModified'> {
  return asFormat(
    'summary',
    () => {
      const metadata = dictFromValue(new TupleReader(SUMMARY_TYPE, bytes).value(1));
      return { metadata, lastModified: bigEndianSeconds(metadata, summaryKeys.lastModified) };
    },
    'ostree/summary-invalid',
  );
}

/** Serialises a summary: refs, collections and keys sorted by their bytes, so that equal content gives equal bytes. */
export function serializeSummary(summary: SummaryFields): Uint8Array {
  return asFormat(
    'summary',
    () => {
      const metadata: Dict = new Map(summary.metadata);
      metadata.delete(summaryKeys.collectionMap);
      const collections = [...summary.collectionRefs].filter(([, refs]) => refs.length > 0);
      if (collections.length > 0) {
        const value = collections
          .sort(([a], [b]) => compareUtf8(a, b))
          .map(([collection, refs]): Value => [collection, writeRefs(refs)]);
        metadata.set(summaryKeys.collectionMap, { type: COLLECTION_MAP_TYPE, value });
      }
      return serializeVariant(SUMMARY_TYPE, [writeRefs(summary.refs), sortedDictValue(metadata)]);
    },
    'ostree/summary-invalid',
  );
}

/** What a summary says of a commit: its timestamp and, where it has one, its version. */
export function summaryRefMetadata(commit: CommitRelease): Dict {
  const metadata: Dict = new Map();
  metadata.set(COMMIT_TIMESTAMP, bigEndianVariant(commit.timestamp));
  if (commit.version !== null) metadata.set(COMMIT_VERSION, { type: 's', value: commit.version });
  return metadata;
}

/** A number of seconds as summaries store it: `t`, big-endian in a little-endian variant. */
export function bigEndianVariant(seconds: number): { type: 't'; value: bigint } {
  return { type: 't', value: swapUint64(BigInt(seconds)) };
}

/** A commit's timestamp in seconds as the summary gives it, or null. */
export function summaryRefTimestamp(ref: SummaryRef): number | null {
  return bigEndianSeconds(ref.metadata, COMMIT_TIMESTAMP);
}

export function summaryRefVersion(ref: SummaryRef): string | null {
  return metadataString(ref.metadata, COMMIT_VERSION);
}

/** Seconds stored big-endian under `key`; null where missing, of another type or beyond 2^53. */
export function bigEndianSeconds(metadata: Dict, key: string): number | null {
  const entry = metadata.get(key);
  if (entry?.type !== 't') return null;
  const seconds = swapUint64(entry.value as bigint);
  return seconds <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(seconds) : null;
}

function takeCollectionMap(metadata: Dict): Map<string, SummaryRef[]> {
  const collections = new Map<string, SummaryRef[]>();
  const entry = metadata.get(summaryKeys.collectionMap);
  if (entry === undefined) return collections;
  if (entry.type !== COLLECTION_MAP_TYPE) throw invalid('its collection map has the wrong type');
  for (const [collection, refs] of entry.value as [string, Value][]) {
    if (collections.has(collection)) throw invalid('a collection stands twice');
    collections.set(collection, readRefs(refs));
  }
  metadata.delete(summaryKeys.collectionMap);
  return collections;
}

function readRefs(value: Value): SummaryRef[] {
  let previous: string | null = null;
  return (value as [string, [bigint, Uint8Array, Value]][]).map(
    ([ref, [commitSizeBytes, checksum, metadata]]) => {
      if (!isListableRef(ref)) throw invalid('the name of a ref is not allowed');
      if (previous !== null && compareUtf8(previous, ref) >= 0)
        throw invalid('refs are not sorted and unique');
      previous = ref;
      if (checksum.length !== 32) throw invalid(`the checksum of ref ${ref} does not have 32 bytes`);
      return {
        ref,
        checksum: checksumFromBytes(checksum),
        commitSizeBytes,
        metadata: dictFromValue(metadata),
      };
    },
  );
}

/** The `a(s(taya{sv}))` of refs, in order of their names. */
function writeRefs(refs: readonly SummaryRef[]): Serialized {
  const writer = new ByteWriter();
  const ends: number[] = [];
  for (const ref of [...refs].sort((a, b) => compareUtf8(a.ref, b.ref))) {
    if (!isListableRef(ref.ref)) throw invalid('the name of a ref is not allowed');
    writer.align(8);
    const start = writer.length;
    writer.writeText(ref.ref);
    const nameEnd = writer.length - start;
    writer.align(8);
    writer.writeBytes(writeTarget(ref));
    writeOffsets(writer, start, [nameEnd]);
    ends.push(writer.length);
  }
  writeOffsets(writer, 0, ends);
  return new Serialized(writer.finish());
}

const TARGET_TYPE = '(taya{sv})';

/**
 * What a ref leads to. Nearly always that is said by a timestamp and perhaps a plain version, and then only what varies is put
 * into what was serialised once: a summary may have thousands of refs. The bytes are good until the next is asked for.
 */
function writeTarget({ commitSizeBytes, checksum, metadata }: SummaryRef): Uint8Array {
  const timestamp = metadata.get(COMMIT_TIMESTAMP);
  const version = metadataString(metadata, COMMIT_VERSION);
  const isPlain = version === null || PLAIN_VERSION.test(version);
  if (timestamp?.type !== 't' || metadata.size !== (version === null ? 1 : 2) || !isPlain) {
    return serializeVariant(TARGET_TYPE, [
      commitSizeBytes,
      checksumToBytes(checksum),
      sortedDictValue(metadata),
    ]);
  }
  const { bytes, view } = formFor(version);
  view.setBigUint64(SIZE_AT, commitSizeBytes, true);
  bytes.write(checksum, CHECKSUM_AT, 'hex');
  view.setBigUint64(TIMESTAMP_AT, timestamp.value as bigint, true);
  if (version !== null) bytes.write(version, VERSION_AT, 'latin1');
  return bytes;
}

/** A target with a place for all that varies. */
interface TargetForm {
  readonly bytes: Buffer;
  readonly view: DataView;
}

const SIZE_AT = 0;
const CHECKSUM_AT = 8;
const TIMESTAMP_AT = 64;
const VERSION_AT = 104;
const PLAIN_VERSION = /^[ -~]{0,100}$/;
/** By the length of the version, which is all that the places depend on; the first for none. */
const forms: TargetForm[] = [];

function formFor(version: string | null): TargetForm {
  const index = version === null ? 0 : version.length + 1;
  const known = forms[index];
  if (known !== undefined) return known;
  const metadata = sortedDictValue(summaryRefMetadata({ timestamp: 0, version }));
  const bytes = bufferOf(serializeVariant(TARGET_TYPE, [0n, new Uint8Array(CHECKSUM_BYTES), metadata]));
  const form = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
  forms[index] = form;
  return form;
}

function invalid(message: string): AppError {
  return new AppError('ostree/summary-invalid', `summary: ${message}`);
}
