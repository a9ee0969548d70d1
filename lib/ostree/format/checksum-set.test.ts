import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Checksum, checksumToBytes, sha256 } from './checksum';
import { ChecksumSet } from './checksum-set';

function checksumOf(number: number): Checksum {
  return sha256(Buffer.from(String(number)));
}

test('it is a set that keeps the order, by digits and by bytes', () => {
  const step = fc.tuple(fc.constantFrom('add', 'addBytes', 'has', 'hasBytes'), fc.nat(60));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const set = new ChecksumSet();
      const model = new Set<Checksum>();
      for (const [name, number] of steps) {
        const checksum = checksumOf(number);
        const padded = Buffer.concat([Buffer.alloc(3), checksumToBytes(checksum)]);
        if (name === 'add') expect(set.add(checksum)).toBe(!model.has(checksum));
        if (name === 'addBytes') expect(set.addBytes(padded, 3)).toBe(!model.has(checksum));
        if (name === 'has') expect(set.has(checksum)).toBe(model.has(checksum));
        if (name === 'hasBytes') expect(set.hasBytes(padded, 3)).toBe(model.has(checksum));
        if (name.startsWith('add')) model.add(checksum);
      }
      expect([...set]).toEqual([...model]);
      expect(set.size).toBe(model.size);
    }),
  );
});

test('it gives all by their first byte, in the order in which they came, in pieces', () => {
  const set = new ChecksumSet();
  const all = Array.from({ length: 5000 }, (_, i) => checksumOf(i));
  for (const checksum of all) set.add(checksum);
  const firstOf = (checksum: Checksum) => checksumToBytes(checksum)[0] as number;
  const pieces = [...set.inPieces(300)];
  expect(pieces.map((piece) => piece.length / 64)).toEqual([...new Array(16).fill(300), 200]);
  expect(pieces.join('')).toBe(all.toSorted((a, b) => firstOf(a) - firstOf(b)).join(''));
  for (let first = 0; first < 256; first++) {
    expect(set.countBelow(first)).toBe(all.filter((checksum) => firstOf(checksum) === first).length);
  }
  expect([...new ChecksumSet().inPieces(300)]).toEqual([]);
});

test.each([0, 1, 299, 300, 301, 5000, 90_000])(
  'it gives all of %i away, by their first byte, and is empty then',
  (count) => {
    const set = new ChecksumSet();
    const all = Array.from({ length: count }, (_, i) => checksumOf(i));
    for (const checksum of all) set.add(checksum);
    const pieces = set.drainInPieces(300);
    const first = pieces.next();
    expect([set.size, set.has(checksumOf(0)), [...set], set.countBelow(0)]).toEqual([0, false, [], 0]);
    // It may be filled anew while the rest is still taken.
    expect([set.add(checksumOf(1)), set.has(checksumOf(1)), set.size]).toEqual([true, true, 1]);
    const rest = first.done ? [] : [first.value, ...pieces];
    expect(rest.slice(0, -1).every((piece) => piece.length === 300 * 64)).toBe(true);
    const given = rest.join('').match(/.{64}/g) ?? [];
    expect(given.map((checksum) => checksum.slice(0, 2))).toEqual(
      given.map((checksum) => checksum.slice(0, 2)).sort(),
    );
    expect(given.sort()).toEqual(all.sort());
  },
);

test('checksums that nobody could have made take no more time: all zero, all alike but for one byte', () => {
  const set = new ChecksumSet();
  const zero = '0'.repeat(64) as Checksum;
  expect([set.has(zero), set.add(zero), set.add(zero), set.has(zero)]).toEqual([false, true, false, true]);
  // A hash over some of the bytes alone would put all of these into one slot, and 200,000 of them took minutes.
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 200_000; i++) {
    new DataView(bytes.buffer).setUint32(28, i);
    set.addBytes(bytes, 0);
  }
  expect(set.size).toBe(200_000);
});
