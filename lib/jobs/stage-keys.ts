import type { SignatureDto } from '../contracts/scalars';
import type { StageKeyRow } from '../db/stage';
import type { SignatureSet } from '../ostree/format/signatures';
import { verifySignatures } from '../ostree/sign/verify-signatures';
import type { RuleKey } from '../promotion/check-keys';
import type { Journal } from './journal';

type KeyRow = Pick<StageKeyRow, 'type' | 'keyId' | 'publicKey' | 'purpose' | 'retiredAt'>;

/** Keys of a stage that count now. */
export function ruleKeysOf(keys: readonly KeyRow[]): RuleKey[] {
  return keys
    .filter((key) => key.retiredAt === null)
    .map((key) => ({
      type: key.type === 'gpg' ? 'gpg' : 'ed25519',
      keyId: key.keyId,
      purpose: key.purpose === 'sign' ? 'sign' : 'trust',
    }));
}

/** Keys that the signer is to sign with. */
export function signKeysOf(keys: readonly KeyRow[]): RuleKey[] {
  return ruleKeysOf(keys).filter((key) => key.purpose === 'sign');
}

/**
 * The stage's keys, of which only those still sign that the run had when its commits were signed: what is added while
 * it is under way is asked of the next run, not of this one.
 */
export function keysOfRun(keys: readonly KeyRow[], journal: Pick<Journal, 'keys'> | null): KeyRow[] {
  if (journal === null) return [...keys];
  const isOfRun = (key: KeyRow) =>
    journal.keys.some((each) => each.type === key.type && each.keyId === key.keyId);
  return keys.map((key) => (isOfRun(key) ? key : { ...key, purpose: 'trust' }));
}

/** Each signature over `bytes`, attributed to the key of the stage that made it, retired ones included. */
export async function attributeSignatures(
  keys: readonly KeyRow[],
  bytes: Uint8Array,
  set: SignatureSet,
): Promise<SignatureDto[]> {
  const ofType = (type: string) => keys.filter((key) => key.type === type);
  const found = await verifySignatures(bytes, set, {
    ed25519: ofType('ed25519').map((key) => Buffer.from(key.publicKey, 'base64')),
    gpgKeyrings: ofType('gpg').map((key) => Buffer.from(key.publicKey, 'utf8')),
  });
  return found.map(({ type, key, state }) => ({ type, key: key === '' ? null : key, state }));
}

/** The keys, of those to sign with, that made no valid signature among these. */
export function missingSigners(keys: readonly KeyRow[], signatures: readonly SignatureDto[]): RuleKey[] {
  return signKeysOf(keys).filter(
    (key) =>
      !signatures.some((each) => each.state === 'valid' && each.type === key.type && each.key === key.keyId),
  );
}
