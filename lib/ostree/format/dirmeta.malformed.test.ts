import { describe, expect, it } from 'vitest';
import { serializeVariant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { parseDirmeta, parseOstreemeta } from './dirmeta';

const corrupt = withCode('ostree/object-corrupt');

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
