import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Dict, dictToValue, parseVariant, serializeVariant, type Value } from '../../gvariant';
import { checksumToBytes, sha256 } from './checksum';
import { COMMIT_TYPE, serializeCommit } from './commit';
import { deltaDirectory } from './delta-name';
import { parseDeltaSuperblock } from './delta-superblock';

const name = (text: string) => sha256(Buffer.from(text));
const commit = serializeCommit({
  metadata: new Map(),
  parent: null,
  subject: 's',
  body: '',
  timestamp: 1_700_000_000,
  rootDirtree: name('dirtree'),
  rootDirmeta: name('dirmeta'),
});
const to = sha256(commit);
const from = name('from');
const directory = deltaDirectory({ from, to });
const part: Value = [0, new Uint8Array([1, 2, 3])];
const inlineChecksum = sha256(serializeVariant('(yay)', part));
const TYPE = `(a{sv}tayay${COMMIT_TYPE}aya(uayttay)a(yaytt))`;

interface Fields {
  metadata: Dict;
  to: Uint8Array;
  objects: Uint8Array;
  fallbackType: number;
}

/** A superblock with one part in a file, one inline, one fallback and the signatures of its commit. */
function superblock(change: Partial<Fields> = {}): Uint8Array {
  const signatures: Dict = new Map([['ostree.sign.ed25519', { type: 'aay', value: [new Uint8Array(64)] }]]);
  const fields: Fields = {
    metadata: new Map([
      [`${directory}/1`, { type: '(yay)', value: part }],
      [`${directory}/commitmeta`, { type: 'a{sv}', value: dictToValue(signatures) }],
    ]),
    to: checksumToBytes(to),
    objects: new Uint8Array([4, ...checksumToBytes(to)]),
    fallbackType: 1,
    ...change,
  };
  return serializeVariant(TYPE, [
    dictToValue(fields.metadata),
    1n,
    checksumToBytes(from),
    fields.to,
    parseVariant(COMMIT_TYPE, commit),
    new Uint8Array(0),
    [
      [0, checksumToBytes(name('part')), 1n, 1n, fields.objects],
      [0, checksumToBytes(inlineChecksum), 1n, 1n, new Uint8Array(0)],
    ],
    [[fields.fallbackType, checksumToBytes(name('large')), 1n, 1n]],
  ]);
}

test('a superblock is read, one that is signed itself too', () => {
  const expected = {
    from,
    to,
    signatures: { ed25519: [new Uint8Array(64)], gpg: [], other: new Map() },
    parts: [
      { checksum: name('part'), isInline: false },
      { checksum: inlineChecksum, isInline: true },
    ],
    objects: [
      { type: 'commit', checksum: to },
      { type: 'file', checksum: name('large') },
    ],
  };
  expect(parseDeltaSuperblock(superblock())).toEqual(expected);
  const magic = Buffer.from('OSTSGNDT').readBigUInt64LE();
  const signed = serializeVariant('(taya{sv})', [magic, superblock(), []]);
  expect(parseDeltaSuperblock(signed)).toEqual(expected);
});

test.each([
  ['nothing at all', new Uint8Array(0)],
  ['the magic of a signed one and nothing behind it', Buffer.from('OSTSGNDT')],
  ['another commit than it leads to', superblock({ to: checksumToBytes(name('other')) })],
  ['a checksum of 31 bytes', superblock({ to: new Uint8Array(31) })],
  ['a list of objects that is cut', superblock({ objects: new Uint8Array(32) })],
  ['an object of a type that there is not', superblock({ fallbackType: 9 })],
  [
    'an inline part with another checksum',
    superblock({ metadata: new Map([[`${directory}/1`, { type: '(yay)', value: [0, new Uint8Array(1)] }]]) }),
  ],
])('%s is refused', (_what, bytes) => {
  expect(() => parseDeltaSuperblock(bytes)).toThrow(
    expect.objectContaining({ code: 'ostree/object-corrupt' }),
  );
});

test('signatures that are none are refused as such', () => {
  const value = dictToValue(new Map([['ostree.sign.ed25519', { type: 's', value: 'x' }]]));
  const metadata: Dict = new Map([[`${directory}/commitmeta`, { type: 'a{sv}', value }]]);
  expect(() => parseDeltaSuperblock(superblock({ metadata }))).toThrow(
    expect.objectContaining({ code: 'ostree/signature-invalid' }),
  );
});

test('any bytes, and any change of good ones, are read or refused, in no other way', () => {
  const good = superblock();
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(good.length))
    .map(([at, mask, length]) => {
      const bytes = good.slice(0, Math.max(at + 1, length));
      bytes[at] = (bytes[at] as number) ^ mask;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      try {
        expect(parseDeltaSuperblock(bytes).to).toBe(to);
      } catch (error) {
        expect(error).toMatchObject({
          code: expect.stringMatching(/^ostree\/(?:object-corrupt|signature-invalid)$/),
        });
      }
    }),
    { numRuns: 2000 },
  );
});
