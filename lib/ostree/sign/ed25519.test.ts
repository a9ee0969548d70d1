import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { afterAll, expect, test } from 'vitest';
import {
  ed25519PublicKeyOf,
  generateEd25519KeyPair,
  parseEd25519PublicKeyFile,
  parseEd25519SecretKeyFile,
  serializeEd25519KeyFile,
  signEd25519,
  verifyEd25519,
} from './ed25519';

const folder = mkdtempSync(join(tmpdir(), 'ed25519-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What OpenSSL's command line says of the signature: an implementation that shares no code with ours. */
function opensslAccepts(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  writeFileSync(join(folder, 'key.der'), der);
  writeFileSync(join(folder, 'message'), message);
  writeFileSync(join(folder, 'signature'), signature);
  const args = ['pkeyutl', '-verify', '-rawin', '-pubin', '-keyform', 'DER', '-inkey', 'key.der'];
  try {
    execFileSync('openssl', [...args, '-in', 'message', '-sigfile', 'signature'], {
      cwd: folder,
      stdio: 'pipe',
    });
    return true;
  } catch {
    return false;
  }
}

test('openssl accepts a signature made here, small or large, and refuses it with a bit flipped', () => {
  const { publicKey, secretKey } = generateEd25519KeyPair();
  for (const size of [1, 1000, 300_000]) {
    const message = Buffer.alloc(size, 7);
    const signature = signEd25519(secretKey, message);
    expect(opensslAccepts(publicKey, message, signature)).toBe(true);
    signature[size % 64] = (signature[size % 64] ?? 0) ^ 1;
    expect(opensslAccepts(publicKey, message, signature)).toBe(false);
    expect(verifyEd25519(publicKey, message, signature)).toBe(false);
  }
});

test('a signature of any message verifies with its key alone and for its message alone', () => {
  const ours = generateEd25519KeyPair();
  const other = generateEd25519KeyPair();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const signature = signEd25519(ours.secretKey, message);
      expect(verifyEd25519(ours.publicKey, message, signature)).toBe(true);
      expect(verifyEd25519(other.publicKey, message, signature)).toBe(false);
      expect(verifyEd25519(ours.publicKey, Buffer.concat([message, Buffer.from('x')]), signature)).toBe(
        false,
      );
    }),
    { numRuns: 30 },
  );
});

test('keys and signatures are, byte for byte, those of another implementation', () => {
  for (let round = 0; round < 20; round++) {
    const ours = generateEd25519KeyPair();
    expect(nacl.sign.keyPair.fromSeed(ours.secretKey.subarray(0, 32))).toEqual(ours);
    const theirs = nacl.sign.keyPair();
    expect(ed25519PublicKeyOf(theirs.secretKey)).toEqual(theirs.publicKey);
    const message = Buffer.alloc(round * 100, round);
    for (const { secretKey } of [ours, theirs]) {
      expect(signEd25519(secretKey, message)).toEqual(nacl.sign.detached(message, secretKey));
    }
  }
});

test('a malleated signature (S + L), which tweetnacl takes, is refused', () => {
  const { publicKey, secretKey } = generateEd25519KeyPair();
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let isTried = false;
  for (let round = 0; round < 64 && !isTried; round++) {
    const message = Buffer.from(`message ${round}`);
    const signature = signEd25519(secretKey, message);
    const scalar = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
    // tweetnacl looks at the top three bits only.
    if (scalar >= 2n ** 253n) continue;
    const malleated = Buffer.concat([
      signature.subarray(0, 32),
      Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse(),
    ]);
    expect(nacl.sign.detached.verify(message, malleated, publicKey)).toBe(true);
    expect(verifyEd25519(publicKey, message, malleated)).toBe(false);
    isTried = true;
  }
  expect(isTried).toBe(true);
});

test('signatures and keys of a wrong size are refused without an error', () => {
  const { publicKey, secretKey } = generateEd25519KeyPair();
  const message = Buffer.from('x');
  const signature = signEd25519(secretKey, message);
  expect(verifyEd25519(publicKey, message, signature.subarray(0, 63))).toBe(false);
  expect(verifyEd25519(publicKey.subarray(1), message, signature)).toBe(false);
});

test('key files go there and back, one key a line', () => {
  const pairs = [generateEd25519KeyPair(), generateEd25519KeyPair()];
  const secrets = pairs.map((pair) => pair.secretKey);
  expect(parseEd25519SecretKeyFile(serializeEd25519KeyFile(secrets))).toEqual(secrets);
  const publics = pairs.map((pair) => pair.publicKey);
  expect(parseEd25519PublicKeyFile(`\n${serializeEd25519KeyFile(publics)}\n`)).toEqual(publics);
  expect(secrets.map(ed25519PublicKeyOf)).toEqual(publics);
});

test.each([
  ['empty', ''],
  ['not base64', 'hello world\n'],
  ['a public key where a secret one belongs', 'acmbGD4WxWTMQ2p59cLIvdor81VIHLfcEJYdsOBW0XM=\n'],
  ['halves of two keys', `${Buffer.concat([Buffer.alloc(32, 1), Buffer.alloc(32, 2)]).toString('base64')}\n`],
])('a secret key file that is %s is refused, and its text is not repeated', (_, text) => {
  let message = '';
  try {
    parseEd25519SecretKeyFile(text);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toMatch(/ed25519/);
  if (text !== '') expect(message).not.toContain(text.trim());
});
