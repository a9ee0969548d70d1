import { describe, expect, it } from 'vitest';
import { serializeVariant } from '../../gvariant';
import { withCode } from '../fixtures/with-code';
import { checksumToBytes, sha256 } from './checksum';
import { isEmptySignatureSet, NO_SIGNATURES, parseSignatureSet } from './signatures';

const bytes32 = checksumToBytes(sha256(Buffer.from('any')));
const bytes31 = bytes32.subarray(1);

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

  it('of each kind alone make a set that is not empty', () => {
    expect(isEmptySignatureSet(NO_SIGNATURES)).toBe(true);
    expect(isEmptySignatureSet({ ...NO_SIGNATURES, ed25519: [bytes32] })).toBe(false);
    expect(isEmptySignatureSet({ ...NO_SIGNATURES, gpg: [bytes32] })).toBe(false);
    expect(isEmptySignatureSet({ ...NO_SIGNATURES, other: new Map([['k', { type: 'y', value: 1 }]]) })).toBe(
      false,
    );
  });
});
