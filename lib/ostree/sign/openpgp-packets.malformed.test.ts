import { describe, expect, it } from 'vitest';
import { splitSignaturePackets } from './openpgp-packets';

/** A signature packet of the old header format with that body. */
function packet(...body: readonly number[]): Buffer {
  return Buffer.from([0x88, body.length, ...body]);
}

const fingerprint = Array.from({ length: 20 }, () => 0xab);
const keyId = Array.from({ length: 8 }, () => 0xcd);
/** Version 4, class 0, EdDSA, SHA-512; one hashed subpacket that names the maker. */
const good = packet(4, 0, 22, 10, 0, 23, 22, 33, 4, ...fingerprint, 0, 0, 0x12, 0x34, 0, 1, 1);

describe('a blob of ostree.gpgsigs', () => {
  const REFUSED: [attack: string, blob: Buffer][] = [
    ['nothing at all', Buffer.alloc(0)],
    ['a packet that ends early', good.subarray(0, -1)],
    ['a header without a length', Buffer.from([0x88])],
    ['a header whose length ends early', Buffer.from([0x89, 1])],
    ['text, as an armoured signature is', Buffer.from('-----BEGIN PGP SIGNATURE-----')],
    ['a literal data packet: gpg would verify the bytes in it', Buffer.from([0xcb, 1, 0])],
    ['a signature, then a literal data packet', Buffer.concat([good, Buffer.from([0xcb, 1, 0])])],
    [
      'a signature, then a compressed packet, which may hold a literal one',
      Buffer.concat([good, Buffer.from([0xc8, 1, 0])]),
    ],
    ['a one-pass signature, which needs data behind it', Buffer.from([0xc4, 1, 0])],
    [
      'a packet of indeterminate length: all that follows would be its own',
      Buffer.concat([Buffer.from([0x8b]), good.subarray(2)]),
    ],
    [
      'a packet of partial length, whose pieces hide others',
      Buffer.concat([Buffer.from([0xc2, 0xe0]), Buffer.alloc(64)]),
    ],
    ['a two-byte length that ends early', Buffer.from([0xc2, 0xc0])],
    ['a five-byte length that ends early', Buffer.from([0xc2, 0xff, 0, 0])],
    ['a length of 4 GiB, to be allocated', Buffer.from([0xc2, 0xff, 0xff, 0xff, 0xff, 0xff, 4])],
    [
      'more packets than anyone signs with: each would cost a process',
      Buffer.concat(Array.from({ length: 65 }, () => good)),
    ],
    [
      'more bytes than any signature has',
      Buffer.concat([Buffer.from([0x8a, 0, 0x10, 0, 0]), Buffer.alloc(0x10_0000)]),
    ],
  ];

  it.each(REFUSED)('is refused with %s', (_, blob) => {
    expect(splitSignaturePackets(blob)).toBeNull();
  });
});

describe('a packet that is whole', () => {
  /** The maker is only a claim: where it is told badly, nobody is named. */
  const CLAIMS: [what: string, blob: Buffer, issuer: string][] = [
    ['of version 4 with a fingerprint', good, 'AB'.repeat(20)],
    ['of version 3 with a key ID', packet(3, 5, 0, 0, 0, 0, 0, ...keyId), 'CD'.repeat(8)],
    ['of version 3 that ends before its key ID', packet(3, 5, 0, 0, 0, 0, 0, 1), ''],
    ['of a version that is none', packet(9, 0, 0, 0, 0, 0, 0, 0), ''],
    ['of no bytes', packet(), ''],
    ['of version 4 that ends before its subpackets', packet(4, 0, 22, 10), ''],
    ['whose hashed subpackets run beyond its end', packet(4, 0, 22, 10, 0xff, 0xff, 1, 2), ''],
    [
      'whose unhashed subpackets run beyond its end',
      packet(4, 0, 22, 10, 0, 0, 0xff, 0xff, 9, 16, ...keyId),
      '',
    ],
    ['with a subpacket of no length', packet(4, 0, 22, 10, 0, 1, 0, 0, 0), ''],
    ['with a subpacket longer than the rest', packet(4, 0, 22, 10, 0, 2, 200, 1, 0, 0), ''],
    ['with a fingerprint that is too short', packet(4, 0, 22, 10, 0, 4, 3, 33, 4, 1, 0, 0), ''],
    ['with a key ID that is too long', packet(4, 0, 22, 10, 0, 11, 10, 16, ...keyId, 1, 0, 0), ''],
    [
      'with a key ID among what is not hashed',
      packet(4, 0, 22, 10, 0, 0, 0, 10, 9, 16, ...keyId),
      'CD'.repeat(8),
    ],
    [
      'with a fingerprint that is hashed and a key ID that is not: the first counts',
      packet(4, 0, 22, 10, 0, 23, 22, 33, 4, ...fingerprint, 0, 10, 9, 16, ...keyId),
      'AB'.repeat(20),
    ],
    [
      'with a subpacket length of two bytes',
      packet(
        4,
        0,
        22,
        10,
        0,
        202,
        192,
        8,
        2,
        ...Array.from({ length: 199 }, () => 0),
        0,
        10,
        9,
        16,
        ...keyId,
      ),
      'CD'.repeat(8),
    ],
    [
      'with a subpacket length of five bytes',
      packet(4, 0, 22, 10, 0, 7, 255, 0, 0, 0, 2, 2, 0, 0, 10, 9, 16, ...keyId),
      'CD'.repeat(8),
    ],
  ];

  it.each(CLAIMS)('%s is told apart', (_, blob, issuer) => {
    expect(splitSignaturePackets(blob)).toEqual([{ bytes: blob, issuer }]);
  });

  it.each([
    ['two bytes', Buffer.from([0xc2, 0xc0, 8])],
    ['five bytes', Buffer.from([0xc2, 0xff, 0, 0, 0, 200])],
  ])('may tell its length in %s', (_, header) => {
    const blob = Buffer.concat([header, Buffer.alloc(200, 9)]);
    expect(splitSignaturePackets(blob)).toHaveLength(1);
  });
});
