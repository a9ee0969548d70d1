import {
  alignUp,
  type Dict,
  dictFromValue,
  dictToValue,
  lookupString,
  memberEnd,
  serializeVariant,
  TupleReader,
  type Value,
} from '../../gvariant';
import { bufferOf } from './buffer-of';
import { type Checksum, checksumBetween, checksumFromBytes, checksumToBytes, sha256 } from './checksum';
import { asFormat, corrupt } from './format-error';
import { limits } from './limits';

export const COMMIT_TYPE = '(a{sv}aya(say)sstayay)';

/** What a `.commit` says. */
export interface ParsedCommit {
  /** In the order in which it stands in the object, which is part of its checksum. */
  readonly metadata: Dict;
  readonly parent: Checksum | null;
  /** Hardly ever used; kept so that parsing and serialising give the same bytes. */
  readonly related: readonly { readonly name: string; readonly checksum: Checksum }[];
  readonly subject: string;
  readonly body: string;
  /** Seconds since 1970, UTC. */
  readonly timestamp: number;
  readonly rootDirtree: Checksum;
  readonly rootDirmeta: Checksum;
}

export type CommitFields = Omit<ParsedCommit, 'related'> & Partial<Pick<ParsedCommit, 'related'>>;

/**
 * Parses a `.commit`.
 * @throws AppError `ostree/object-corrupt`
 * @see libostree `ostree_validate_structureof_commit`
 */
export function parseCommit(bytes: Uint8Array): ParsedCommit {
  return asFormat('commit', () => {
    const commit = new TupleReader(COMMIT_TYPE, bytes);
    const dict = dictFromValue(commit.value(0));
    if (dict.has('')) throw corrupt('commit: a metadata key is empty');
    return {
      metadata: dict,
      parent: commit.start(1) === commit.end(1) ? null : readMember(commit, 1),
      related: (commit.value(2) as [string, Uint8Array][]).map(([name, checksum]) => ({
        name,
        checksum: checksumFromBytes(checksum),
      })),
      subject: commit.value(3) as string,
      body: commit.value(4) as string,
      timestamp: readTimestamp(commit.value(5) as bigint),
      rootDirtree: readMember(commit, 6),
      rootDirmeta: readMember(commit, 7),
    };
  });
}

/** What a summary says of a commit beside its checksum and size. */
export interface CommitRelease {
  /** Seconds since 1970, UTC. */
  readonly timestamp: number;
  readonly version: string | null;
}

/** Members of a commit whose ends are written down, in order: metadata, parent, related, subject, body. */
const METADATA_NTH = 1;
const BODY_NTH = 5;

/**
 * What a summary says of a commit, for whoever asks it of thousands. The rest of the commit is passed over, whatever it
 * holds: `ostree summary` does not look at it either, and it has been looked at when the commit came.
 * @throws AppError `ostree/object-corrupt`
 */
export function parseCommitRelease(bytes: Uint8Array): CommitRelease {
  return asFormat('commit', () => {
    const buffer = bufferOf(bytes);
    const timestampAt = alignUp(memberEnd(buffer, BODY_NTH), 8);
    if (timestampAt + 8 > buffer.length) throw corrupt('commit: it ends before its timestamp');
    const timestamp = buffer.readUInt32BE(timestampAt) * 2 ** 32 + buffer.readUInt32BE(timestampAt + 4);
    assertTimestamp(timestamp);
    return { timestamp, version: lookupString(buffer, 0, memberEnd(buffer, METADATA_NTH), 'version') };
  });
}

/** A checksum that is a member of a commit. */
function readMember(commit: TupleReader, index: number): Checksum {
  return checksumBetween(commit.bytes, commit.start(index), commit.end(index));
}

/**
 * Serialises a commit; metadata keeps the map's order.
 * @throws AppError `ostree/object-corrupt` for a timestamp that no commit can have
 */
export function serializeCommit(commit: CommitFields): Uint8Array {
  if (
    !Number.isInteger(commit.timestamp) ||
    commit.timestamp < 0 ||
    commit.timestamp > limits.timestampSecondsMax
  ) {
    throw corrupt('commit: the timestamp is out of range');
  }
  return asFormat('commit', () =>
    serializeVariant(COMMIT_TYPE, [
      dictToValue(commit.metadata),
      commit.parent === null ? new Uint8Array(0) : checksumToBytes(commit.parent),
      (commit.related ?? []).map(({ name, checksum }): Value => [name, checksumToBytes(checksum)]),
      commit.subject,
      commit.body,
      swapUint64(BigInt(commit.timestamp)),
      checksumToBytes(commit.rootDirtree),
      checksumToBytes(commit.rootDirmeta),
    ]),
  );
}

/**
 * What two commits of one tree have in common, whatever else they say.
 * @see libostree `ostree_commit_get_content_checksum`
 */
export function contentChecksumOf(commit: Pick<ParsedCommit, 'rootDirtree' | 'rootDirmeta'>): Checksum {
  return sha256(Buffer.from(commit.rootDirtree + commit.rootDirmeta, 'hex'));
}

/** A string in a commit's metadata; null where it is missing or of another type, as `g_variant_lookup` has it. */
export function metadataString(metadata: Dict, key: string): string | null {
  const entry = metadata.get(key);
  return entry?.type === 's' ? (entry.value as string) : null;
}

/** An array of strings in a commit's metadata, or null. */
export function metadataStrings(metadata: Dict, key: string): string[] | null {
  const entry = metadata.get(key);
  return entry?.type === 'as' ? (entry.value as string[]) : null;
}

const swapped = new DataView(new ArrayBuffer(8));

/** Turns a big-endian 64-bit integer that was read as little-endian round, or the other way. */
export function swapUint64(value: bigint): bigint {
  swapped.setBigUint64(0, value, true);
  return swapped.getBigUint64(0, false);
}

function readTimestamp(stored: bigint): number {
  const seconds = Number(swapUint64(stored));
  assertTimestamp(seconds);
  return seconds;
}

function assertTimestamp(seconds: number): void {
  if (seconds > limits.timestampSecondsMax) throw corrupt('commit: the timestamp is after the year 9999');
}
