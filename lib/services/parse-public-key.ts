import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../errors';
import { listGpgKeysOf } from '../ostree';

/**
 * A public key as it is stored, from what was pasted: base64 of 32 bytes for ed25519; for GPG exactly one armoured key.
 * Secret keys are refused, and nothing of what was pasted is repeated.
 *
 * @throws AppError `ostree/key-invalid`
 */
export async function parsePublicKey(
  type: 'ed25519' | 'gpg',
  pasted: string,
): Promise<{ keyId: string; publicKey: string }> {
  return type === 'ed25519' ? parseEd25519(pasted) : parseGpg(pasted);
}

function parseEd25519(pasted: string): { keyId: string; publicKey: string } {
  const text = pasted.trim();
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 64) throw invalid('this is a secret key; paste the public one');
  if (bytes.length !== 32 || bytes.toString('base64') !== text) {
    throw invalid('an ed25519 public key is 44 characters of base64');
  }
  return { keyId: text, publicKey: text };
}

async function parseGpg(pasted: string): Promise<{ keyId: string; publicKey: string }> {
  const publicKey = pasted.trim();
  if (/PRIVATE KEY BLOCK/.test(publicKey)) throw invalid('this is a secret key; paste the public one');
  if (!publicKey.startsWith('-----BEGIN PGP PUBLIC KEY BLOCK-----')) {
    throw invalid('paste the ASCII-armoured public key, from gpg --armor --export');
  }
  const homedir = mkdtempSync(join(tmpdir(), 'treeline-key-'));
  try {
    const [keyId, another] = await listGpgKeysOf(homedir, Buffer.from(publicKey, 'utf8'));
    if (!keyId || another) throw invalid('paste one key at a time');
    return { keyId, publicKey };
  } finally {
    rmSync(homedir, { recursive: true, force: true });
  }
}

function invalid(message: string): AppError {
  return new AppError('ostree/key-invalid', message, { details: { field: 'publicKey' } });
}
