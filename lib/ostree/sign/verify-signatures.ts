import { limits } from '../format/limits';
import type { SignatureSet } from '../format/signatures';
import { ED25519_SIGNATURE_BYTES, verifyEd25519 } from './ed25519';
import { type GpgKeyring, listGpgIssuers, openGpgKeyring, type SignatureState } from './gpg';

/** One signature of a commit or a summary, attributed. */
export interface VerifiedSignature {
  type: 'ed25519' | 'gpg';
  /** ed25519: base64 of the public key; gpg: fingerprint in upper-case hex. '' where nobody is named. */
  key: string;
  state: SignatureState;
}

export interface VerifyKeys {
  /** 32 bytes each. */
  ed25519?: readonly Uint8Array[];
  /** Those that count no more, whether or not they stand among the others. */
  revokedEd25519?: readonly Uint8Array[];
  /** Exported keys or keyring files, as paths or bytes. */
  gpgKeyrings?: readonly (string | Uint8Array)[];
  /** In place of `gpgKeyrings`, for many objects: a keyring that the caller opened and closes. */
  gpgKeyring?: GpgKeyring;
}

/**
 * Checks every signature of `set` over `bytes` against `keys`, each by itself, so that a malformed one neither
 * hides nor spoils another. An ed25519 signature names nobody: one that no given key made is `unknown-key`
 * whether it is a stranger's or broken. Without any key of its kind a signature is `unchecked`, and so are those
 * behind the first 64 of a kind (32 of gpg), of which nobody has made so many.
 *
 * @param bytes the raw bytes of the `.commit` or of the `summary`
 * @throws AppError `ostree/key-invalid` or `ostree/gpg-failed` from gpg; never because of what a signature says
 */
export async function verifySignatures(
  bytes: Uint8Array,
  set: SignatureSet,
  keys: VerifyKeys,
): Promise<VerifiedSignature[]> {
  const { ed25519 = [], revokedEd25519 = [] } = keys;
  const results = set.ed25519.map((signature, index) =>
    index < limits.signaturesMax
      ? verifyOneEd25519(bytes, signature, ed25519, revokedEd25519)
      : verifyOneEd25519(bytes, signature, [], []),
  );
  if (set.gpg.length === 0) return results;
  const gpg = await verifyGpg(bytes, set.gpg, keys);
  return [...results, ...gpg.map((signature) => ({ type: 'gpg' as const, ...signature }))];
}

/** Whether one at least is valid, which is what libostree's clients ask for. */
export function hasValidSignature(signatures: readonly VerifiedSignature[]): boolean {
  return signatures.some((signature) => signature.state === 'valid');
}

function verifyOneEd25519(
  bytes: Uint8Array,
  signature: Uint8Array,
  publicKeys: readonly Uint8Array[],
  revokedKeys: readonly Uint8Array[],
): VerifiedSignature {
  if (signature.length !== ED25519_SIGNATURE_BYTES) return { type: 'ed25519', key: '', state: 'invalid' };
  const revoked = revokedKeys.find((publicKey) => verifyEd25519(publicKey, bytes, signature));
  if (revoked !== undefined)
    return { type: 'ed25519', key: Buffer.from(revoked).toString('base64'), state: 'revoked' };
  if (publicKeys.length + revokedKeys.length === 0) return { type: 'ed25519', key: '', state: 'unchecked' };
  const maker = publicKeys.find((publicKey) => verifyEd25519(publicKey, bytes, signature));
  if (maker === undefined) return { type: 'ed25519', key: '', state: 'unknown-key' };
  return { type: 'ed25519', key: Buffer.from(maker).toString('base64'), state: 'valid' };
}

async function verifyGpg(bytes: Uint8Array, blobs: readonly Uint8Array[], keys: VerifyKeys) {
  if (keys.gpgKeyring !== undefined) return keys.gpgKeyring.verify(bytes, blobs);
  if (keys.gpgKeyrings === undefined || keys.gpgKeyrings.length === 0) return listGpgIssuers(blobs);
  const keyring = await openGpgKeyring(keys.gpgKeyrings);
  try {
    return await keyring.verify(bytes, blobs);
  } finally {
    keyring.close();
  }
}
