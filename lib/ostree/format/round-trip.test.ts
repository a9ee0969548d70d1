import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../../errors';
import {
  compareUtf8,
  type Dict,
  parseVariant,
  serializeVariant,
  sortedDictValue,
  type Value,
} from '../../gvariant';
import {
  type Checksum,
  checksumFromBytes,
  checksumToBytes,
  isChecksum,
  parseChecksum,
  sha256,
} from './checksum';
import { metadataString, parseCommit, parseCommitRelease, serializeCommit } from './commit';
import { parseDirmeta, serializeDirmeta } from './dirmeta';
import { type Dirtree, parseDirtree, serializeDirtree } from './dirtree';
import {
  HEADER_PREFIX_BYTES,
  parseFileHeader,
  parseFilezHeader,
  parseHeaderPrefix,
  serializeFileHeader,
  serializeFilezHeader,
} from './file-header';
import { fileNameProblem } from './file-name';
import { parseSignatureSet, serializeSignatureSet } from './signatures';
import {
  parseSummary,
  SUMMARY_TYPE,
  type SummaryFields,
  serializeSummary,
  summaryRefMetadata,
  summaryRefTimestamp,
  summaryRefVersion,
} from './summary';

interface RefFields {
  ref: string;
  checksum: Checksum;
  commitSizeBytes: bigint;
  timestamp: number;
  version: string | null;
  /** What else a summary may say of a ref, which is kept. */
  more: Dict;
}

const checksum = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => checksumFromBytes(bytes));
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((s) => !s.includes('\0'));
const fileName = fc
  .oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.integer({ min: 215, max: 255 }).map((length) => 'n'.repeat(length)) },
  )
  .filter((name) => fileNameProblem(name) === null);
const xattrs = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^user\.[a-z]{1,8}$/).map((name) => new Uint8Array(Buffer.from(name))),
      value: fc.uint8Array({ maxLength: 20 }).map((bytes) => new Uint8Array(bytes)),
    }),
    { maxLength: 4, selector: ({ name }) => Buffer.from(name).toString() },
  )
  .map((list) => list.sort((a, b) => Buffer.compare(a.name, b.name)));
const uid = fc.integer({ min: 0, max: 0xffffffff });
const permissions = fc.integer({ min: 0, max: 0o7777 });
const dict: fc.Arbitrary<Dict> = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        { weight: 5, arbitrary: text.filter((key) => key !== '') },
        { weight: 1, arbitrary: fc.constant('version') },
      ),
      text,
    ),
    { maxLength: 5, selector: ([key]) => key },
  )
  .map((entries) => new Map(entries.map(([key, value]) => [key, { type: 's', value }])));

const dirtree: fc.Arbitrary<Dirtree> = fc
  .uniqueArray(fc.record({ name: fileName, checksum, dirmeta: checksum, isDir: fc.boolean() }), {
    maxLength: 40,
    selector: ({ name }) => name,
  })
  .map((entries) => {
    const sorted = entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    return {
      files: sorted
        .filter(({ isDir }) => !isDir)
        .map((entry) => ({ name: entry.name, checksum: entry.checksum })),
      dirs: sorted
        .filter(({ isDir }) => isDir)
        .map((entry) => ({ name: entry.name, dirtree: entry.checksum, dirmeta: entry.dirmeta })),
    };
  });

const DIRTREE_TYPE = '(a(say)a(sayay))';

function dirtreeValue({ files, dirs }: Dirtree): Value {
  return [
    files.map((file): Value => [file.name, checksumToBytes(file.checksum)]),
    dirs.map((dir): Value => [dir.name, checksumToBytes(dir.dirtree), checksumToBytes(dir.dirmeta)]),
  ];
}

describe('dirtrees', () => {
  it('come back equal, and are the bytes that a general GVariant writer makes', () => {
    fc.assert(
      fc.property(dirtree, (tree) => {
        const bytes = serializeDirtree(tree);
        expect(parseDirtree(bytes)).toEqual(tree);
        expect(bytes).toEqual(serializeVariant(DIRTREE_TYPE, dirtreeValue(tree)));
      }),
      { numRuns: 400 },
    );
  });

  it('of any size use offsets of the right width', () => {
    for (const count of [0, 1, 2, 5, 6, 7, 8, 100, 800, 900, 1000, 2000]) {
      const files = Array.from({ length: count }, (_, i) => ({
        name: `file-${String(i).padStart(5, '0')}`,
        checksum: sha256(Buffer.from([i & 0xff, i >> 8])),
      }));
      const tree: Dirtree = { files, dirs: [] };
      expect(parseDirtree(serializeDirtree(tree))).toEqual(tree);
      expect(serializeDirtree(tree)).toEqual(serializeVariant(DIRTREE_TYPE, dirtreeValue(tree)));
    }
  });

  it('are sorted however they are given', () => {
    fc.assert(
      fc.property(dirtree, ({ files, dirs }) => {
        const reversed = { files: [...files].reverse(), dirs: [...dirs].reverse() };
        expect(serializeDirtree(reversed)).toEqual(serializeDirtree({ files, dirs }));
      }),
    );
  });

  it('are refused or taken as a general GVariant reader would, wherever a byte is changed', () => {
    fc.assert(
      fc.property(dirtree, fc.nat(), fc.nat({ max: 255 }), (tree, at, byte) => {
        const bytes = serializeDirtree(tree);
        bytes[at % bytes.length] = byte;
        const isTaken = isAccepted(() => parseDirtree(bytes));
        // R-11 refuses more than normal form does; it must never take more.
        if (isTaken) expect(() => parseVariant(DIRTREE_TYPE, bytes)).not.toThrow();
        if (isTaken) expect(serializeDirtree(parseDirtree(bytes))).toEqual(bytes);
      }),
      { numRuns: 1500 },
    );
  });

  it('never hang or crash on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        isAccepted(() => parseDirtree(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

function isAccepted(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(isAppError(error, 'ostree/object-corrupt')).toBe(true);
    return false;
  }
}

describe('commits', () => {
  const commit = fc.record({
    metadata: dict,
    parent: fc.option(checksum),
    related: fc.array(fc.record({ name: text, checksum }), { maxLength: 2 }),
    subject: text,
    body: text,
    timestamp: fc.integer({ min: 0, max: 253_402_300_799 }),
    rootDirtree: checksum,
    rootDirmeta: checksum,
  });

  it('come back equal, their metadata in its own order', () => {
    fc.assert(
      fc.property(commit, (fields) => {
        const parsed = parseCommit(serializeCommit(fields));
        expect(parsed).toEqual(fields);
        expect([...parsed.metadata.keys()]).toEqual([...fields.metadata.keys()]);
        const { timestamp, metadata } = fields;
        const release = { timestamp, version: metadataString(metadata, 'version') };
        expect(parseCommitRelease(serializeCommit(fields))).toEqual(release);
      }),
    );
  });
});

describe('dirmetas and file headers', () => {
  it('come back equal', () => {
    fc.assert(
      fc.property(uid, uid, permissions, xattrs, (owner, group, bits, attributes) => {
        const meta = { uid: owner, gid: group, mode: 0o40000 | bits, xattrs: attributes };
        expect(parseDirmeta(serializeDirmeta(meta))).toEqual(meta);
      }),
    );
  });

  const target = text.filter((path) => path !== '');
  it.each([
    ['a file', fc.constant(''), 0o100000],
    ['a symlink', target, 0o120000],
  ] as const)('come back equal for %s, with and without a size', (_, targets, type) => {
    fc.assert(
      fc.property(
        uid,
        uid,
        permissions,
        xattrs,
        targets,
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (...fields) => {
          const [owner, group, bits, attributes, path, sizeBytes] = fields;
          const header = { uid: owner, gid: group, mode: type | bits, target: path, xattrs: attributes };
          const plain = serializeFileHeader(header);
          expect(parseHeaderPrefix(plain, 1e6)).toBe(plain.length - HEADER_PREFIX_BYTES);
          expect(parseFileHeader(plain.subarray(HEADER_PREFIX_BYTES))).toEqual(header);
          const filez = serializeFilezHeader({ ...header, sizeBytes });
          expect(parseFilezHeader(filez.subarray(HEADER_PREFIX_BYTES))).toEqual({ ...header, sizeBytes });
        },
      ),
    );
  });

  it('never hang or crash on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const parse of [parseDirmeta, parseFileHeader, parseFilezHeader, parseCommit])
          isAccepted(() => parse(bytes));
      }),
      { numRuns: 1500 },
    );
  });
});

describe('summaries', () => {
  const refName = fc.stringMatching(/^[a-z0-9_]{1,6}(\/[a-z0-9_]{1,6}){0,2}$/);
  const refs = fc
    .uniqueArray(
      fc.record({
        ref: refName,
        checksum,
        commitSizeBytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        timestamp: fc.integer({ min: 0, max: 253_402_300_799 }),
        version: fc.option(fc.oneof(text, fc.stringMatching(/^[ -~]{0,20}$/), fc.string({ minLength: 90 }))),
        more: fc.oneof({ weight: 5, arbitrary: fc.constant(new Map()) }, { weight: 1, arbitrary: dict }),
      }),
      { maxLength: 12, selector: ({ ref }) => ref },
    )
    .map((list) => list.sort((a, b) => compareUtf8(a.ref, b.ref)));
  const toRef = ({ timestamp, version, more, ...ref }: RefFields) => ({
    ...ref,
    metadata: new Map([...summaryRefMetadata({ timestamp, version }), ...more]),
  });
  /** Without collections, and with no bytes written but by the general writer. */
  const writtenAsValues = ({ refs: rows, metadata }: SummaryFields) =>
    serializeVariant(SUMMARY_TYPE, [
      rows.map((row): Value => {
        const { ref, commitSizeBytes, checksum: sum } = row;
        return [ref, [commitSizeBytes, checksumToBytes(sum), sortedDictValue(row.metadata)]];
      }),
      sortedDictValue(metadata),
    ]);

  it('come back equal, collections and unknown keys included', () => {
    fc.assert(
      fc.property(refs, refs, dict, (own, others, metadata) => {
        const collectionRefs = new Map(others.length > 0 ? [['org.example.Other', others.map(toRef)]] : []);
        const summary = { refs: own.map(toRef), collectionRefs, metadata };
        const parsed = parseSummary(serializeSummary(summary));
        expect(parsed).toMatchObject(summary);
        expect(parsed.refs.map(summaryRefTimestamp)).toEqual(own.map(({ timestamp }) => timestamp));
        expect(parsed.refs.map(summaryRefVersion)).toEqual(own.map(({ version }) => version));
        expect(serializeSummary(parsed)).toEqual(serializeSummary(summary));
        expect(serializeSummary({ ...summary, collectionRefs: new Map() })).toEqual(writtenAsValues(summary));
      }),
    );
  });
});

describe('signatures', () => {
  const blobs = fc.array(
    fc.uint8Array({ maxLength: 70 }).map((bytes) => new Uint8Array(bytes)),
    { maxLength: 4 },
  );

  it('come back equal, unknown keys included', () => {
    fc.assert(
      fc.property(blobs, blobs, dict, (ed25519, gpg, other) => {
        const set = { ed25519, gpg, other };
        expect(parseSignatureSet(serializeSignatureSet(set))).toEqual(set);
      }),
    );
  });
});

describe('checksums', () => {
  it('are 64 lower-case digits and nothing else', () => {
    const valid = 'ab'.repeat(32);
    expect(parseChecksum(valid)).toBe(valid);
    for (const other of [
      '',
      'ab',
      valid.toUpperCase(),
      `${valid}\n`,
      `${valid}0`,
      ` ${valid.slice(1)}`,
      'g'.repeat(64),
    ]) {
      expect(isChecksum(other)).toBe(false);
      expect(() => parseChecksum(other)).toThrow(
        expect.objectContaining({ code: 'ostree/checksum-invalid' }),
      );
    }
  });

  it('survive the way to bytes and back, and are SHA-256', () => {
    fc.assert(
      fc.property(
        checksum,
        (sum: Checksum) => void expect(checksumFromBytes(checksumToBytes(sum))).toBe(sum),
      ),
    );
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(sha256(new Uint8Array())).toBe(empty);
    expect(sha256(Buffer.from('a'), Buffer.from('bc'))).toBe(sha256(Buffer.from('abc')));
  });
});

describe('the order of names', () => {
  it('is that of their UTF-8 bytes', () => {
    const any = fc.string({ unit: 'grapheme', maxLength: 6 });
    const sign = (a: string, b: string) => Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    fc.assert(fc.property(any, any, (a, b) => void expect(Math.sign(compareUtf8(a, b))).toBe(sign(a, b))));
    expect(compareUtf8('\u{1f600}', '\uffee')).toBeGreaterThan(0);
    expect('\u{1f600}' > '\uffee').toBe(false);
  });
});
