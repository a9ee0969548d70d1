import { AppError } from '../../errors';
import {
  compareUtf8,
  type Dict,
  dictFromValue,
  parseVariant,
  serializeVariant,
  sortedDictValue,
  TupleReader,
  type Value,
} from '../../gvariant';
import { type Checksum, checksumFromBytes, checksumToBytes } from './checksum';
import { metadataString, swapUint64 } from './commit';
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
  const metadata: Dict = new Map(summary.metadata);
  metadata.delete(summaryKeys.collectionMap);
  const collections = [...summary.collectionRefs].filter(([, refs]) => refs.length > 0);
  if (collections.length > 0) {
    const value = collections
      .sort(([a], [b]) => compareUtf8(a, b))
      .map(([collection, refs]): Value => [collection, writeRefs(refs)]);
    metadata.set(summaryKeys.collectionMap, { type: COLLECTION_MAP_TYPE, value });
  }
  const value: Value = [writeRefs(summary.refs), sortedDictValue(metadata)];
  return asFormat('summary', () => serializeVariant(SUMMARY_TYPE, value), 'ostree/summary-invalid');
}

/** What a summary says of a commit: its timestamp and, where it has one, its version. */
export function summaryRefMetadata(commit: { timestamp: number; version: string | null }): Dict {
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

function writeRefs(refs: readonly SummaryRef[]): Value {
  return [...refs]
    .sort((a, b) => compareUtf8(a.ref, b.ref))
    .map(
      ({ ref, checksum, commitSizeBytes, metadata }): Value => [
        ref,
        [commitSizeBytes, checksumToBytes(checksum), sortedDictValue(metadata)],
      ],
    );
}

function invalid(message: string): AppError {
  return new AppError('ostree/summary-invalid', `summary: ${message}`);
}
