import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { AppError } from '../../errors';

/** Sizes in bytes (RFC 8032; the secret key is libsodium's and libostree's: seed, then public key). */
export const ED25519_PUBLIC_KEY_BYTES = 32;
export const ED25519_SECRET_KEY_BYTES = 64;
export const ED25519_SIGNATURE_BYTES = 64;

/** Of the seed, from which all else follows. */
const SEED_BYTES = 32;

/** DER up to the raw key: PKCS #8 with a 32-byte seed, SubjectPublicKeyInfo with a 32-byte point (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface Ed25519KeyPair {
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** 64 bytes: seed, then public key. */
  secretKey: Uint8Array;
}

/** A new key pair from the system's randomness. */
export function generateEd25519KeyPair(): Ed25519KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const publicKey = publicKeyBytes(privateKey);
  const secretKey = new Uint8Array(ED25519_SECRET_KEY_BYTES);
  secretKey.set(der.subarray(PKCS8_PREFIX.length));
  secretKey.set(publicKey, SEED_BYTES);
  der.fill(0);
  return { publicKey, secretKey };
}

/**
 * The public half of a 64-byte secret key.
 * @throws AppError `ostree/key-invalid` when the size is wrong, or when the public half stored in it is not the seed's
 */
export function ed25519PublicKeyOf(secretKey: Uint8Array): Uint8Array {
  return openSecretKey(secretKey).publicKey;
}

/** The key as OpenSSL takes it, once it is known to be one. */
function openSecretKey(secretKey: Uint8Array): { privateKey: KeyObject; publicKey: Uint8Array } {
  if (secretKey.length !== ED25519_SECRET_KEY_BYTES) {
    throw new AppError('ostree/key-invalid', 'an ed25519 secret key has 64 bytes: seed, then public key');
  }
  const der = Buffer.concat([PKCS8_PREFIX, secretKey.subarray(0, SEED_BYTES)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const publicKey = publicKeyBytes(privateKey);
  // With a foreign public half two signatures of one message would give the secret away.
  if (!Buffer.from(publicKey).equals(secretKey.subarray(SEED_BYTES))) {
    throw new AppError('ostree/key-invalid', 'the halves of the ed25519 secret key do not belong together');
  }
  return { privateKey, publicKey };
}

function publicKeyBytes(privateKey: KeyObject): Uint8Array {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(der.subarray(SPKI_PREFIX.length));
}

/**
 * Signs `message` itself (not a hash of it), as `ostree sign` does. Ed25519 is deterministic: these are the bytes that
 * libsodium makes (LAB-14).
 * @param secretKey 64 bytes
 * @returns 64 bytes
 * @throws AppError `ostree/key-invalid` as ed25519PublicKeyOf
 */
export function signEd25519(secretKey: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, openSecretKey(secretKey).privateKey));
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  const der = Buffer.concat([SPKI_PREFIX, publicKey]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/**
 * Whether `signature` is the key's over `message`. Done by OpenSSL, which refuses a malleated S.
 * Wrong sizes and points that are none are false, not errors.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== ED25519_PUBLIC_KEY_BYTES) return false;
  if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
  return verify(null, message, publicKeyObject(publicKey), signature);
}

function parseKeyFile(text: string, sizeBytes: number, what: string): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (const [index, rawLine] of text.split('\n').entries()) {
    const line = rawLine.trim();
    if (line === '') continue;
    const key = Buffer.from(line, 'base64');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line) || key.length !== sizeBytes || key.toString('base64') !== line) {
      throw new AppError(
        'ostree/key-invalid',
        `line ${index + 1} of the ed25519 ${what} key file is not the base64 of ${sizeBytes} bytes`,
      );
    }
    keys.push(new Uint8Array(key));
  }
  if (keys.length === 0) {
    throw new AppError('ostree/key-invalid', `the ed25519 ${what} key file holds no key`);
  }
  return keys;
}

/**
 * Parses what `ostree sign --keys-file` reads: base64, one secret key a line, blank lines skipped.
 * @throws AppError `ostree/key-invalid`, with the number of the line and never with its text
 */
export function parseEd25519SecretKeyFile(text: string): Uint8Array[] {
  const keys = parseKeyFile(text, ED25519_SECRET_KEY_BYTES, 'secret');
  for (const key of keys) ed25519PublicKeyOf(key);
  return keys;
}

/** As parseEd25519SecretKeyFile, for 32-byte public keys. */
export function parseEd25519PublicKeyFile(text: string): Uint8Array[] {
  return parseKeyFile(text, ED25519_PUBLIC_KEY_BYTES, 'public');
}

/** One key a line, base64, as the parsers read it. */
export function serializeEd25519KeyFile(keys: readonly Uint8Array[]): string {
  return keys.map((key) => `${Buffer.from(key).toString('base64')}\n`).join('');
}
