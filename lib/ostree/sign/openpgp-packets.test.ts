import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitSignaturePackets } from './openpgp-packets';

/** A version 4 signature packet with one hashed subpacket, of the old header format. */
function packet(subpacket: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from([4, 0, 22, 10, 0, subpacket.length]),
    subpacket,
    Buffer.from([0, 0, 0x12, 0x34, 0, 1, 1]),
  ]);
  return Buffer.concat([Buffer.from([0x88, body.length]), body]);
}

const fingerprint = Buffer.alloc(20, 0xab);
const named = packet(Buffer.concat([Buffer.from([22, 33, 4]), fingerprint]));

test('packets in a row are taken apart with the issuer that each names', () => {
  const byId = packet(Buffer.concat([Buffer.from([9, 16]), Buffer.alloc(8, 0xcd)]));
  const packets = splitSignaturePackets(Buffer.concat([named, byId]));
  expect(packets?.map(({ issuer }) => issuer)).toEqual(['AB'.repeat(20), 'CD'.repeat(8)]);
  expect(packets?.map(({ bytes }) => bytes.length)).toEqual([named.length, byId.length]);
});

test.each([
  ['nothing at all', Buffer.alloc(0)],
  ['a packet that ends early', named.subarray(0, -1)],
  ['a literal data packet, which would make gpg verify bytes of its own', Buffer.from([0xcb, 1, 0])],
  ['a signature followed by a compressed packet', Buffer.concat([named, Buffer.from([0xc8, 1, 0])])],
  ['a packet of indeterminate length', Buffer.concat([Buffer.from([0x8b]), named.subarray(2)])],
  ['a packet of partial length', Buffer.concat([Buffer.from([0xc2, 0xe0]), Buffer.alloc(64)])],
  ['more packets than anyone would sign with', Buffer.concat(Array.from({ length: 65 }, () => named))],
])('%s is refused', (_, blob) => {
  expect(splitSignaturePackets(blob)).toBeNull();
});

test('no bytes make it throw or read beyond its end', () => {
  const mutated = fc.tuple(fc.nat(named.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(named);
    bytes[at] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutated), (blob) => {
      const packets = splitSignaturePackets(blob);
      if (packets === null) return;
      expect(packets.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(blob.length);
    }),
    { numRuns: 2000 },
  );
});
