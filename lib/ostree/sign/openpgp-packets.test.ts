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
