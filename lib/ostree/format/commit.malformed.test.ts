import { describe, expect, it } from 'vitest';
import { serializeVariant, type Value, type Variant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { checksumToBytes, sha256 } from './checksum';
import {
  COMMIT_TYPE,
  contentChecksumOf,
  metadataString,
  metadataStrings,
  parseCommit,
  parseCommitRelease,
  serializeCommit,
  swapUint64,
} from './commit';
import { limits } from './limits';

const sum = sha256(Buffer.from('any'));
const bytes32 = checksumToBytes(sum);
const bytes31 = bytes32.subarray(1);
const corrupt = withCode('ostree/object-corrupt');

interface CommitParts {
  metadata?: [string, Variant][];
  parent?: Uint8Array;
  timestamp?: bigint;
  dirtree?: Uint8Array;
  dirmeta?: Uint8Array;
  related?: Value;
}

function commitOf(parts: CommitParts): Uint8Array {
  const { metadata = [], parent = new Uint8Array(0), related = [], timestamp = 0n } = parts;
  const { dirtree = bytes32, dirmeta = bytes32 } = parts;
  return serializeVariant(COMMIT_TYPE, [
    metadata,
    parent,
    related,
    's',
    'b',
    swapUint64(timestamp),
    dirtree,
    dirmeta,
  ]);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 0xff : byte));
}

describe('commit', () => {
  const string: Variant = { type: 's', value: 'v' };
  const COMMITS: [attack: string, parts: CommitParts][] = [
    ['a parent of 31 bytes: neither a parent nor none', { parent: bytes31 }],
    ['a root dirtree of 31 bytes', { dirtree: bytes31 }],
    ['no root dirtree', { dirtree: new Uint8Array(0) }],
    ['a root dirmeta of 31 bytes', { dirmeta: bytes31 }],
    ['a related object of 31 bytes', { related: [['x', bytes31]] }],
    ['an empty metadata key, which libostree refuses too', { metadata: [['', string]] }],
    [
      'a ref binding twice: a reviewer reads one, a client the other',
      {
        metadata: [
          ['ostree.ref-binding', string],
          ['ostree.ref-binding', string],
        ],
      },
    ],
    ['a date that no calendar has: whatever shows it fails', { timestamp: 253_402_300_800n }],
    ['a timestamp of 2^64 - 1, which a signed reader takes for the past', { timestamp: 2n ** 64n - 1n }],
  ];

  it.each(COMMITS)('refuses %s', (_, parts) => {
    expect(() => parseCommit(commitOf(parts))).toThrow(corrupt);
  });

  it('takes the first and the last second that can be written', () => {
    expect(parseCommit(commitOf({})).timestamp).toBe(0);
    const last = parseCommit(commitOf({ timestamp: BigInt(limits.timestampSecondsMax) })).timestamp;
    expect(new Date(last * 1000).toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });

  it.each([-1, 1.5, Number.NaN, 253_402_300_800])('is not written with the timestamp %d', (timestamp) => {
    const rest = {
      metadata: new Map(),
      parent: null,
      subject: '',
      body: '',
      rootDirtree: sum,
      rootDirmeta: sum,
    };
    expect(() => serializeCommit({ ...rest, timestamp })).toThrow(corrupt);
  });

  it('gives metadata of the type that is asked for, and none of another', () => {
    const { metadata, rootDirtree, rootDirmeta } = parseCommit(
      commitOf({
        metadata: [
          ['bound', { type: 'as', value: ['a', 'b'] }],
          ['version', string],
        ],
      }),
    );
    expect(metadataStrings(metadata, 'bound')).toEqual(['a', 'b']);
    expect(metadataStrings(metadata, 'version')).toBeNull();
    expect(metadataString(metadata, 'bound')).toBeNull();
    expect(contentChecksumOf({ rootDirtree, rootDirmeta })).toBe(sha256(bytes32, bytes32));
  });

  it('that is cut off, or has another byte somewhere, has a release or is refused', () => {
    const good = commitOf({ metadata: [['version', string]], timestamp: 1n });
    expect(parseCommitRelease(good)).toEqual({ timestamp: 1, version: 'v' });
    const damaged = Array.from(good, (_, at) => [good.slice(0, at), flipped(good, at)]).flat();
    for (const bytes of damaged) {
      try {
        expect(parseCommitRelease(bytes)).toMatchObject({ timestamp: expect.any(Number) });
      } catch (error) {
        expect(error).toMatchObject({ code: 'ostree/object-corrupt' });
      }
    }
    expect(() => parseCommitRelease(commitOf({ timestamp: 253_402_300_800n }))).toThrow(corrupt);
    expect(() => parseCommitRelease(new Uint8Array())).toThrow(corrupt);
  });

  it('is written without related objects where none are given', () => {
    const fields = { metadata: new Map(), parent: null, subject: 's', body: 'b', timestamp: 0 };
    expect(serializeCommit({ ...fields, rootDirtree: sum, rootDirmeta: sum })).toEqual(commitOf({}));
  });
});
