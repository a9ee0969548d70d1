import { AppError } from '../../../errors';
import type { SignatureSet } from '../../format/signatures';
import { openGpgKeyring } from '../../sign/gpg';
import { type VerifiedSignature, verifySignatures } from '../../sign/verify-signatures';

/** Whose signatures are believed. */
export interface TrustedKeys {
  /** 32 bytes each. */
  readonly ed25519: readonly Uint8Array[];
  /** Paths or bytes of exported keys or keyring files. */
  readonly gpgKeyrings: readonly (string | Uint8Array)[];
}

export interface SignatureCheck {
  /**
   * @param what the signed document's name in messages
   * @throws AppError `ostree/signature-invalid` unless for each kind of key that was given one signature is valid
   */
  assertSigned(what: string, bytes: Uint8Array, set: SignatureSet): Promise<void>;
  close(): void;
}

/**
 * Opens keys for checking many documents; null where there are none, and nothing is checked.
 * @throws AppError `ostree/key-invalid`, `ostree/gpg-failed`
 */
export async function openSignatureCheck(keys: TrustedKeys): Promise<SignatureCheck | null> {
  const { ed25519, gpgKeyrings } = keys;
  if (ed25519.length === 0 && gpgKeyrings.length === 0) return null;
  const gpgKeyring = gpgKeyrings.length === 0 ? undefined : await openGpgKeyring(gpgKeyrings);
  const kinds = [
    ...(ed25519.length > 0 ? (['ed25519'] as const) : []),
    ...(gpgKeyring === undefined ? [] : (['gpg'] as const)),
  ];
  return {
    async assertSigned(what, bytes, set) {
      const found = await verifySignatures(bytes, set, { ed25519, gpgKeyring });
      const isEnough = kinds.every((kind) => found.some((one) => one.type === kind && one.state === 'valid'));
      if (!isEnough) throw refusal(what, found);
    },
    close: () => gpgKeyring?.close(),
  };
}

function refusal(what: string, found: readonly VerifiedSignature[]): AppError {
  const why =
    found.length === 0
      ? 'is not signed'
      : `has no valid signature by the keys given (${found.map(({ type, state }) => `${type} ${state}`).join(', ')})`;
  return new AppError('ostree/signature-invalid', `${what} ${why}`);
}
