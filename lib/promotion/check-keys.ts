import type { SignatureDto } from '../contracts/scalars';

/** A key of a stage as the rule sees it. */
export interface RuleKey {
  type: 'ed25519' | 'gpg';
  keyId: string;
  purpose: 'sign' | 'trust';
}

/** Signatures that clients of a stage see now, and that a promotion replaces. */
export interface PresentSignatures {
  /** `summary`, or the ref whose head carries them. */
  on: string;
  signatures: readonly SignatureDto[];
  /**
   * Keys whose signatures the new object brings along from its source: what the stage trusts, it keeps.
   * Empty for a summary, which is always made anew.
   */
  carriedKeyIds: readonly string[];
}

/** A signature that would be lost, and with it every client that trusts that key alone. */
export interface UnrenewableSignature {
  on: string;
  type: 'ed25519' | 'gpg';
  /** null where it was made by no key of the stage, so that nobody here knows whose it is. */
  keyId: string | null;
}

/**
 * The present signatures that a stage with `keys` could not make again. Clients check by key: one that
 * trusts a key which signs now, and would not sign the next summary or commit, could update no more.
 * A signature that doesn't verify protects nobody and is not counted.
 */
export function findUnrenewable(
  keys: readonly RuleKey[],
  present: readonly PresentSignatures[],
): UnrenewableSignature[] {
  const lost: UnrenewableSignature[] = [];
  for (const { on, signatures, carriedKeyIds } of present) {
    for (const { type, key, state } of signatures) {
      if (state === 'invalid') continue;
      const canSign = keys.some(
        (each) => each.type === type && each.keyId === key && each.purpose === 'sign',
      );
      if (canSign || (key !== null && carriedKeyIds.includes(key))) continue;
      const keyId = key === '' ? null : key;
      if (!lost.some((each) => each.on === on && each.type === type && each.keyId === keyId)) {
        lost.push({ on, type, keyId });
      }
    }
  }
  return lost;
}

/** One sentence for a person. */
export function describeUnrenewable(lost: UnrenewableSignature): string {
  const whose = lost.keyId === null ? 'a key that this stage does not know' : `the key ${lost.keyId}`;
  return `${lost.on} is signed (${lost.type}) with ${whose}, and the signer does not hold it`;
}

/**
 * Whether a source commit is signed as its stage demands: by at least one of its keys, of either purpose,
 * where it has any.
 */
export function isSourceTrusted(keys: readonly RuleKey[], signatures: readonly SignatureDto[]): boolean {
  if (keys.length === 0) return true;
  return signatures.some(
    (each) => each.state === 'valid' && keys.some((key) => key.type === each.type && key.keyId === each.key),
  );
}
