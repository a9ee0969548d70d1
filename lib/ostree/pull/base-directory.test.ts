import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHECKSUM_BYTES } from '../format/checksum';
import { ChecksumColumn } from './base-directory';

const checksums = Array.from({ length: 60 }, (_, index) =>
  createHash('sha256').update(String(index)).digest(),
);

function columnOf(indexes: readonly number[]): ChecksumColumn {
  const bytes = Buffer.concat(indexes.map((index) => checksums[index] as Buffer));
  return new ChecksumColumn(
    bytes,
    indexes.map((_, row) => row * CHECKSUM_BYTES),
  );
}

test('a column has what is in it, in whatever order and however often it is asked', () => {
  const index = fc.nat({ max: checksums.length - 1 });
  fc.assert(
    fc.property(fc.array(index, { maxLength: 40 }), fc.array(index, { maxLength: 200 }), (there, asked) => {
      const column = columnOf(there);
      for (const one of asked) expect(column.has(checksums[one] as Buffer, 0)).toBe(there.includes(one));
    }),
  );
});

test('two that differ in their last byte alone are told apart', () => {
  const one = Buffer.alloc(CHECKSUM_BYTES);
  const other = Buffer.from(one);
  other[CHECKSUM_BYTES - 1] = 1;
  expect(new ChecksumColumn(one, [0]).has(other, 0)).toBe(false);
  expect(new ChecksumColumn(one, [0]).has(Buffer.concat([other, one]), CHECKSUM_BYTES)).toBe(true);
});

// A search takes a millisecond where there are so many: one for each would take minutes, and so would the test.
test('a hundred thousand that are not there are not searched for one by one', () => {
  const many = Array.from({ length: 100_000 }, (_, index) =>
    createHash('sha256').update(`there ${index}`).digest(),
  );
  const column = new ChecksumColumn(
    Buffer.concat(many),
    many.map((_, row) => row * CHECKSUM_BYTES),
  );
  const absent = Buffer.alloc(CHECKSUM_BYTES);
  for (let index = 0; index < 100_000; index++) {
    absent.writeUInt32LE(index);
    if (column.has(absent, 0)) throw new Error(`it has ${index}`);
  }
});
