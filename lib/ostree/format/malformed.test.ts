import { describe, expect, it } from 'vitest';
import type { OstreeErrorCode } from '../../errors';
import { serializeVariant, type Value, type Variant } from '../../gvariant';
import { checksumToBytes, sha256 } from './checksum';
import { COMMIT_TYPE, parseCommit, serializeCommit, swapUint64 } from './commit';
import { parseDirmeta, parseOstreemeta } from './dirmeta';
import { parseDirtree, serializeDirtree } from './dirtree';
import { parseFileHeader, parseFilezHeader, parseHeaderPrefix, serializeFileHeader } from './file-header';
import { limits } from './limits';
import { parseSignatureSet } from './signatures';
import { parseSummary, SUMMARY_TYPE } from './summary';

const sum = sha256(Buffer.from('any'));
const bytes32 = checksumToBytes(sum);
const bytes31 = bytes32.subarray(1);

function withCode(code: OstreeErrorCode) {
  return expect.objectContaining({ name: 'AppError', code });
}
const corrupt = withCode('ostree/object-corrupt');

function dirtreeOf(files: [string, Uint8Array][], dirs: [string, Uint8Array, Uint8Array][] = []): Uint8Array {
  return serializeVariant('(a(say)a(sayay))', [files, dirs]);
}

describe('dirtree', () => {
  const DIRTREES: [attack: string, bytes: Uint8Array][] = [
    ['".." as a name: a checkout would write above its target', dirtreeOf([['..', bytes32]])],
    [
      '"." as a name: a checkout would replace the directory itself',
      dirtreeOf([], [['.', bytes32, bytes32]]),
    ],
    ['a slash in a name: a checkout would write wherever it leads', dirtreeOf([['etc/passwd', bytes32]])],
    ['an empty name, which libostree takes: it names the directory itself', dirtreeOf([['', bytes32]])],
    ['a name of 256 bytes, which no file system can hold', dirtreeOf([['x'.repeat(256), bytes32]])],
    [
      'the same name twice: a reviewer sees one file, a client gets the other',
      dirtreeOf([
        ['a', bytes32],
        ['a', bytes32],
      ]),
    ],
    [
      'one name as file and directory: what a client makes of it depends on its order',
      dirtreeOf([['a', bytes32]], [['a', bytes32, bytes32]]),
    ],
    [
      'names out of order: clients that search by halves miss some',
      dirtreeOf([
        ['b', bytes32],
        ['a', bytes32],
      ]),
    ],
    [
      'directories out of order',
      dirtreeOf(
        [],
        [
          ['b', bytes32, bytes32],
          ['a', bytes32, bytes32],
        ],
      ),
    ],
    [
      'names in UTF-16 order instead of byte order',
      dirtreeOf([
        ['\u{1f600}', bytes32],
        ['\uffee', bytes32],
      ]),
    ],
    ['a checksum of 31 bytes, so that the next name shifts', dirtreeOf([['a', bytes31]])],
    ['no checksum at all', dirtreeOf([['a', new Uint8Array(0)]])],
    [
      'a dirtree checksum of 33 bytes and a dirmeta of 31, 64 together',
      dirtreeOf([], [['a', Buffer.concat([bytes32, Buffer.from([1])]), bytes31]]),
    ],
    ['no bytes: not even the empty directory has none', new Uint8Array(0)],
    ['bytes behind the end', Buffer.concat([dirtreeOf([['a', bytes32]]), Buffer.from([0])])],
  ];

  it.each(DIRTREES)('refuses %s', (_, data) => {
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('refuses a name that is not valid UTF-8: it shows differently in every tool', () => {
    const data = dirtreeOf([['ab', bytes32]]);
    data[0] = 0xff;
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('refuses a name with a zero byte: C readers see the part before it', () => {
    const data = dirtreeOf([['ab', bytes32]]);
    data[0] = 0;
    expect(() => parseDirtree(data)).toThrow(corrupt);
  });

  it('takes the longest name and the empty directory', () => {
    expect(parseDirtree(dirtreeOf([['x'.repeat(255), bytes32]])).files).toHaveLength(1);
    expect(parseDirtree(new Uint8Array([0]))).toEqual({ files: [], dirs: [] });
  });

  it.each(['..', '', 'a/b', 'x'.repeat(256), 'a\0b', '\ud800'])('is not written with the name %j', (name) => {
    expect(() => serializeDirtree({ files: [{ name, checksum: sum }], dirs: [] })).toThrow(corrupt);
  });

  it('is not written with a name twice', () => {
    const dirs = [{ name: 'a', dirtree: sum, dirmeta: sum }];
    expect(() => serializeDirtree({ files: [{ name: 'a', checksum: sum }], dirs })).toThrow(corrupt);
  });
});

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
});

function metaOf(mode: number, xattrs: [Uint8Array, Uint8Array][] = []): Uint8Array {
  return serializeVariant('(uuua(ayay))', [0, 0, mode, xattrs], { endian: 'big' });
}
const named = (name: string): [Uint8Array, Uint8Array] => [
  new Uint8Array(Buffer.from(name)),
  new Uint8Array(0),
];

describe('dirmeta', () => {
  const DIRMETAS: [attack: string, bytes: Uint8Array][] = [
    ['the mode of a file: a checkout would make one where a directory must be', metaOf(0o100644)],
    ['the mode of a device', metaOf(0o060644)],
    ['no type at all', metaOf(0o755)],
    ['bits that no mode has', metaOf(0o1040755)],
    ['an extended attribute without a name', metaOf(0o40755, [named('\0')])],
    ['a name without the zero byte that ends it', metaOf(0o40755, [named('user.a')])],
    [
      'a name with a zero byte inside: the kernel would see its first half',
      metaOf(0o40755, [named('user.a\0b\0')]),
    ],
    ['an attribute twice, of which one would win', metaOf(0o40755, [named('user.a\0'), named('user.a\0')])],
    [
      'attributes out of order: two checksums for one meaning',
      metaOf(0o40755, [named('user.b\0'), named('user.a\0')]),
    ],
    ['a name that no kernel takes', metaOf(0o40755, [named(`user.${'x'.repeat(256)}\0`)])],
    ['bytes behind the end', Buffer.concat([metaOf(0o40755), Buffer.from([0])])],
  ];

  it.each(DIRMETAS)('refuses %s', (_, data) => {
    expect(() => parseDirmeta(data)).toThrow(corrupt);
  });

  it('of a bare-user file may have any type, and still no stray bits', () => {
    expect(parseOstreemeta(metaOf(0o100644)).mode).toBe(0o100644);
    expect(() => parseOstreemeta(metaOf(0o1100644))).toThrow(corrupt);
  });
});

function headerOf(mode: number, target: string, rdev = 0): Uint8Array {
  return serializeVariant('(uuuusa(ayay))', [0, 0, mode, rdev, target, []], { endian: 'big' });
}
function filezOf(mode: number, target: string, rdev = 0): Uint8Array {
  return serializeVariant('(tuuuusa(ayay))', [5n, 0, 0, mode, rdev, target, []], { endian: 'big' });
}

describe('file header', () => {
  const HEADERS: [attack: string, mode: number, target: string, rdev?: number][] = [
    ['a directory as a content object', 0o40755, ''],
    ['a device, which a checkout by root would make', 0o060644, ''],
    ['a device number', 0o100644, '', 5],
    ['a FIFO', 0o010644, ''],
    ['a file with a symlink target: which of the two is it', 0o100644, '/etc/shadow'],
    ['a symlink to nowhere', 0o120777, ''],
    ['a symlink target longer than any path', 0o120777, 'x'.repeat(4096)],
    ['bits that no mode has', 0o1100644, ''],
  ];

  it.each(HEADERS)('refuses %s', (_, mode, target, rdev) => {
    expect(() => parseFileHeader(headerOf(mode, target, rdev))).toThrow(corrupt);
    expect(() => parseFilezHeader(filezOf(mode, target, rdev))).toThrow(corrupt);
    if (rdev !== undefined) return;
    expect(() => serializeFileHeader({ uid: 0, gid: 0, mode, target, xattrs: [] })).toThrow(corrupt);
  });

  it.each([
    ['is shorter than its prefix', [0, 0, 0], 0],
    ['says that its header is longer than the file', [0, 0, 0, 9, 0, 0, 0, 0], 8],
    ['says that its header is 4 GiB long, to be allocated', [255, 255, 255, 255, 0, 0, 0, 0], 2 ** 33],
    ['hides a byte in the padding, which libostree skips', [0, 0, 0, 1, 0, 0, 0, 1], 8],
  ])('refuses a file that %s', (_, data, available) => {
    expect(() => parseHeaderPrefix(new Uint8Array(data), available)).toThrow(corrupt);
  });

  it('is read alike by the short way and the long', () => {
    const plain = filezOf(0o100644, '');
    expect(plain).toHaveLength(26);
    expect(parseFilezHeader(plain)).toEqual({
      sizeBytes: 5n,
      uid: 0,
      gid: 0,
      mode: 0o100644,
      target: '',
      xattrs: [],
    });
    for (let at = 0; at < plain.length; at++) {
      const changed = plain.slice();
      changed[at] = (changed[at] as number) ^ 0x80;
      // A changed size, owner or permission is another header; everything else is none.
      if (at < 16 || at === 19) expect(parseFilezHeader(changed)).not.toEqual(parseFilezHeader(plain));
      else expect(() => parseFilezHeader(changed)).toThrow(corrupt);
    }
  });
});

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
});

describe('signatures', () => {
  const SETS: [attack: string, bytes: Uint8Array][] = [
    [
      'a single blob where an array of them must be',
      serializeVariant('a{sv}', [['ostree.gpgsigs', { type: 'ay', value: bytes32 }]]),
    ],
    [
      'text for signatures',
      serializeVariant('a{sv}', [['ostree.sign.ed25519', { type: 's', value: 'sig' }]]),
    ],
    [
      'a key twice',
      serializeVariant('a{sv}', [
        ['k', { type: 'y', value: 1 }],
        ['k', { type: 'y', value: 2 }],
      ]),
    ],
    ['garbage', new Uint8Array([1, 2, 3])],
  ];

  it.each(SETS)('refuse %s', (_, data) => {
    expect(() => parseSignatureSet(data)).toThrow(withCode('ostree/signature-invalid'));
  });

  it('take a file of no bytes, which libostree writes for none', () => {
    expect(parseSignatureSet(new Uint8Array(0))).toEqual({ ed25519: [], gpg: [], other: new Map() });
  });

  it('take a signature of a wrong length, since it must not hide a right one', () => {
    const value = [bytes31, bytes32];
    const data = serializeVariant('a{sv}', [['ostree.sign.ed25519', { type: 'aay', value }]]);
    expect(parseSignatureSet(data).ed25519).toEqual(value);
  });
});
