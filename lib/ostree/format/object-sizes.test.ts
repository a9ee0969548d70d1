import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dict } from '../../gvariant';
import { type Checksum, sha256 } from './checksum';
import type { ObjectType } from './object-path';
import { type ObjectSize, parseObjectSizes, SIZES_KEY, serializeObjectSizes } from './object-sizes';

function withSizes(...entries: Uint8Array[]): Dict {
  return new Map([[SIZES_KEY, { type: 'aay', value: entries }]]);
}

const checksum = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex') as Checksum);
const size = fc.record<ObjectSize>({
  checksum,
  type: fc.constantFrom<ObjectType>('file', 'dirtree', 'dirmeta'),
  archivedBytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  unpackedBytes: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});

test('what is written is read back, sorted by checksum', () => {
  fc.assert(
    fc.property(fc.uniqueArray(size, { selector: (one) => one.checksum, maxLength: 20 }), (sizes) => {
      const dict: Dict = new Map([[SIZES_KEY, serializeObjectSizes(sizes)]]);
      const sorted = [...sizes].sort((a, b) => (a.checksum < b.checksum ? -1 : 1));
      expect(parseObjectSizes(dict)).toEqual(sorted);
    }),
  );
});

test('any bytes are read or refused, in no other way', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        for (const one of parseObjectSizes(withSizes(bytes)) ?? []) {
          expect(one.archivedBytes).toBeLessThan(2n ** 64n);
          expect(one.unpackedBytes).toBeLessThan(2n ** 64n);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'ostree/object-corrupt' });
      }
    }),
  );
});

test('an entry of before 2020.1 has no type and means a file', () => {
  const name = sha256(Buffer.from('x'));
  const entry = Buffer.concat([Buffer.from(name, 'hex'), Buffer.from([0x80, 0x02, 0x05])]);
  expect(parseObjectSizes(withSizes(entry))).toEqual([
    { checksum: name, type: 'file', archivedBytes: 256n, unpackedBytes: 5n },
  ]);
});

test('metadata without sizes, or with some of another type, states none', () => {
  expect(parseObjectSizes(new Map())).toBeNull();
  expect(parseObjectSizes(new Map([[SIZES_KEY, { type: 's', value: 'x' }]]))).toBeNull();
});

test.each([
  ['is too short for a checksum', Buffer.alloc(33)],
  ['ends within a number', Buffer.concat([Buffer.alloc(32), Buffer.from([0x80, 0x80, 0x80])])],
  ['holds a number that never ends', Buffer.concat([Buffer.alloc(32), Buffer.alloc(40, 0xff)])],
  ['is of a type that no object has', Buffer.concat([Buffer.alloc(32), Buffer.from([1, 1, 9])])],
])('an entry that %s is refused', (_, bytes) => {
  expect(() => parseObjectSizes(withSizes(bytes))).toThrow(
    expect.objectContaining({ code: 'ostree/object-corrupt' }),
  );
});
