import { describe, expect, it } from 'vitest';
import { withCode } from '../fixtures/with-code';
import { limits } from '../format/limits';
import {
  ed25519PublicKeyOf,
  generateEd25519KeyPair,
  parseEd25519PublicKeyFile,
  parseEd25519SecretKeyFile,
  signEd25519,
  verifyEd25519,
} from './ed25519';
import { hasValidSignature, verifySignatures } from './verify-signatures';

const invalid = withCode('ostree/key-invalid');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const { publicKey, secretKey } = generateEd25519KeyPair();

describe('a file of keys', () => {
  const MALFORMED: [attack: string, text: string][] = [
    ['no key: a check against no key would pass for one against some', ''],
    ['blank lines alone', '\n \n'],
    ['a key that is too short', base64(Buffer.alloc(31))],
    ['a key that is too long', base64(Buffer.alloc(33))],
    ['a comment, which no reader knows', `# ours\n${base64(publicKey)}`],
    ['a second spelling of a key, with bits that base64 does not need', `${'A'.repeat(42)}B=`],
    ['a key without its padding', base64(publicKey).replace('=', '')],
    ['base64 of the other alphabet', base64(Buffer.alloc(32, 0xff)).replaceAll('/', '_')],
    ['a blank within a key', base64(publicKey).replace(/^..../, '$& ')],
    ['a good key and a bad one', `${base64(publicKey)}\nAAAA`],
    ['a secret key where a public one belongs', base64(secretKey)],
  ];

  it.each(MALFORMED)('is refused with %s', (_, text) => {
    expect(() => parseEd25519PublicKeyFile(text)).toThrow(invalid);
  });

  it.each([
    ['a public key where a secret one belongs', base64(publicKey)],
    ['halves of two keys: what it signs would verify with neither', base64(Buffer.alloc(64, 1))],
  ])('of secrets is refused with %s', (_, text) => {
    expect(() => parseEd25519SecretKeyFile(text)).toThrow(invalid);
  });

  it('shows nothing of itself in the error', () => {
    const wrong = `${base64(secretKey).slice(0, 80)}AAAA`;
    expect(() => parseEd25519SecretKeyFile(wrong)).toThrow(invalid);
    expect(() => parseEd25519SecretKeyFile(wrong)).not.toThrow(wrong.slice(0, 8));
  });

  it('is read at once, however long its blanks are', () => {
    expect(
      parseEd25519PublicKeyFile(`${' '.repeat(1_000_000)}${base64(publicKey)}${'\n'.repeat(1_000_000)}`),
    ).toEqual([publicKey]);
  });
});

describe('a key', () => {
  it('of a wrong size signs nothing', () => {
    expect(() => ed25519PublicKeyOf(secretKey.subarray(1))).toThrow(invalid);
    expect(() => signEd25519(secretKey.subarray(1), new Uint8Array(0))).toThrow(invalid);
  });

  it('that is no point of the curve verifies nothing', () => {
    const signature = signEd25519(secretKey, new Uint8Array(1));
    for (const byte of [0, 2, 0xff]) {
      expect(verifyEd25519(new Uint8Array(32).fill(byte), new Uint8Array(1), signature)).toBe(false);
    }
  });
});

describe('signatures of a commit', () => {
  const message = new Uint8Array(100);

  it('are not each tried with each key where there are thousands (T-38)', async () => {
    const noise = Array.from({ length: 200_000 }, (_, i) => Buffer.alloc(64, `${i}`));
    const ed25519 = [signEd25519(secretKey, message), ...noise];
    const keys = Array.from({ length: 5 }, () => generateEd25519KeyPair().publicKey);
    const found = await verifySignatures(
      message,
      { ed25519, gpg: [], other: new Map() },
      {
        ed25519: [...keys, publicKey],
      },
    );
    expect(found).toHaveLength(ed25519.length);
    expect(hasValidSignature(found)).toBe(true);
    expect(found.filter(({ state }) => state !== 'unchecked')).toHaveLength(limits.signaturesMax);
  });

  it('of a wrong length hide no good one behind them (LAB-12)', async () => {
    const ed25519 = [
      ...[0, 1, 63, 65, 128].map((size) => new Uint8Array(size)),
      signEd25519(secretKey, message),
    ];
    const found = await verifySignatures(
      message,
      { ed25519, gpg: [], other: new Map() },
      { ed25519: [publicKey] },
    );
    expect(found.map(({ state }) => state)).toEqual([...Array.from({ length: 5 }, () => 'invalid'), 'valid']);
  });
});
