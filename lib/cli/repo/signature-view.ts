import { listGpgIssuers, type SignatureSet, type SignatureState, type VerifiedSignature } from '../../ostree';

/** A signature as JSON has it. `key`: base64 public key or GPG fingerprint; null where it is not known. */
export interface SignatureJson {
  type: 'ed25519' | 'gpg';
  key: string | null;
  state: SignatureState;
}

export function toSignatureJson({ type, key, state }: VerifiedSignature): SignatureJson {
  return { type, key: key || null, state };
}

/** The signatures of a set with nothing checked. A GPG key is the one that the packet claims. */
export function listUnchecked(set: SignatureSet): SignatureJson[] {
  return [
    ...set.ed25519.map((): SignatureJson => ({ type: 'ed25519', key: null, state: 'unchecked' })),
    ...listGpgIssuers(set.gpg).map(({ key }) => toSignatureJson({ type: 'gpg', key, state: 'unchecked' })),
  ];
}

/** One line about a signature. */
export function describeSignature({ type, key, state }: SignatureJson): string {
  return `${type} ${key ?? '(key not named)'}: ${state}`;
}
