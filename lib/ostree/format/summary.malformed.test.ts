import { describe, expect, it } from 'vitest';
import { serializeVariant, type Value, type Variant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { checksumToBytes, sha256 } from './checksum';
import { parseSummary, SUMMARY_TYPE, serializeSummary } from './summary';

const bytes32 = checksumToBytes(sha256(Buffer.from('any')));
const bytes31 = bytes32.subarray(1);

function summaryOf(refs: [string, Uint8Array][], metadata: [string, Variant][] = []): Uint8Array {
  const rows = refs.map(([ref, checksum]): Value => [ref, [1n, checksum, []]]);
  return serializeVariant(SUMMARY_TYPE, [rows, metadata]);
}

describe('summary', () => {
  const collections = (value: Value): [string, Variant][] => [
    ['ostree.summary.collection-map', { type: 'a{sa(s(taya{sv}))}', value }],
  ];
  const SUMMARIES: [attack: string, bytes: Uint8Array][] = [
    [
      'refs out of order: a client that searches by halves finds no update',
      summaryOf([
        ['b', bytes32],
        ['a', bytes32],
      ]),
    ],
    [
      'a ref twice: some clients get the one, some the other',
      summaryOf([
        ['a', bytes32],
        ['a', bytes32],
      ]),
    ],
    ['a checksum of 31 bytes', summaryOf([['a', bytes31]])],
    ['a ref that climbs', summaryOf([['../../etc', bytes32]])],
    ['a ref with a newline, to forge a line in a list', summaryOf([['a\nb', bytes32]])],
    ['an empty ref', summaryOf([['', bytes32]])],
    [
      'a key twice',
      summaryOf(
        [],
        [
          ['k', { type: 'b', value: true }],
          ['k', { type: 'b', value: false }],
        ],
      ),
    ],
    [
      'a collection map of another type',
      summaryOf([], [['ostree.summary.collection-map', { type: 's', value: '' }]]),
    ],
    [
      'a collection twice',
      summaryOf(
        [],
        collections([
          ['org.a', []],
          ['org.a', []],
        ]),
      ),
    ],
    ["a bad ref among a collection's", summaryOf([], collections([['org.a', [['..', [1n, bytes32, []]]]]]))],
    ['bytes behind the end', Buffer.concat([summaryOf([]), Buffer.from([0])])],
    ['no bytes', new Uint8Array(0)],
  ];

  it.each(SUMMARIES)('refuses %s', (_, data) => {
    expect(() => parseSummary(data)).toThrow(withCode('ostree/summary-invalid'));
  });

  it('passes over dates of the wrong type or beyond what a number holds', () => {
    const oddDates = summaryOf(
      [],
      [
        ['ostree.summary.expires', { type: 's', value: 'tomorrow' }],
        ['ostree.summary.last-modified', { type: 't', value: 2n ** 64n - 1n }],
      ],
    );
    expect(parseSummary(oddDates).lastModified).toBeNull();
  });

  it.each([
    ['a ref that is none', { ref: '../a' }],
    ['a version with half a character', { metadata: new Map([['version', { type: 's', value: '\ud800' }]]) }],
    ['a size that is none', { commitSizeBytes: 2n ** 64n, metadata: new Map() }],
  ] as const)('is not written with %s', (_, part) => {
    const checksum = sha256(Buffer.from('any'));
    const ref = { ref: 'a', checksum, commitSizeBytes: 1n, metadata: new Map(), ...part };
    const summary = { refs: [ref], collectionRefs: new Map(), metadata: new Map() };
    expect(() => serializeSummary(summary)).toThrow(withCode('ostree/summary-invalid'));
  });

  it('is written with its collections in order, and without empty ones', () => {
    const sum = sha256(Buffer.from('any'));
    const refs = [{ ref: 'a', checksum: sum, commitSizeBytes: 1n, metadata: new Map() }];
    const collectionRefs = new Map([
      ['org.b', refs],
      ['org.empty', []],
      ['org.a', refs],
    ]);
    const written = serializeSummary({ refs: [], collectionRefs, metadata: new Map() });
    expect([...parseSummary(written).collectionRefs.keys()]).toEqual(['org.a', 'org.b']);
  });
});
