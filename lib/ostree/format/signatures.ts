import { AppError } from '../../errors';
import { type Dict, parseDict, serializeDict, type Variant } from '../../gvariant';
import { asFormat } from './format-error';

export const GPG_KEY = 'ostree.gpgsigs';
export const ED25519_KEY = 'ostree.sign.ed25519';

/**
 * Signatures of a commit (its `.commitmeta`) or of a summary (`summary.sig`), both `a{sv}`. The blobs are as they
 * stand: an ed25519 signature may have any length here, a GPG one is a binary detached OpenPGP signature.
 */
export interface SignatureSet {
  readonly ed25519: readonly Uint8Array[];
  readonly gpg: readonly Uint8Array[];
  /** Every other key, signatures of kinds that Treeline does not know among them. */
  readonly other: Dict;
}

export const NO_SIGNATURES: SignatureSet = { ed25519: [], gpg: [], other: new Map() };

/**
 * Parses detached metadata. A file of no bytes is legal and empty.
 * @throws AppError `ostree/signature-invalid`
 */
export function parseSignatureSet(bytes: Uint8Array): SignatureSet {
  return signatureSetFromDict(asFormat('signatures', () => parseDict(bytes), 'ostree/signature-invalid'));
}

/** The same of detached metadata that was read already. Throws as parseSignatureSet. */
export function signatureSetFromDict(dict: Dict): SignatureSet {
  const other: Dict = new Map(dict);
  const ed25519 = takeBlobs(other, ED25519_KEY);
  const gpg = takeBlobs(other, GPG_KEY);
  return { ed25519, gpg, other };
}

/** Serialises detached metadata, its keys sorted; a kind without signatures is left out. */
export function serializeSignatureSet(set: SignatureSet): Uint8Array {
  const dict: Dict = new Map(set.other);
  if (set.ed25519.length > 0) dict.set(ED25519_KEY, { type: 'aay', value: [...set.ed25519] });
  if (set.gpg.length > 0) dict.set(GPG_KEY, { type: 'aay', value: [...set.gpg] });
  return asFormat('signatures', () => serializeDict(dict), 'ostree/signature-invalid');
}

/** Whether nothing at all is in the set. */
export function isEmptySignatureSet(set: SignatureSet): boolean {
  return set.ed25519.length === 0 && set.gpg.length === 0 && set.other.size === 0;
}

function takeBlobs(dict: Dict, key: string): Uint8Array[] {
  const entry: Variant | undefined = dict.get(key);
  if (entry === undefined) return [];
  if (entry.type !== 'aay') {
    throw new AppError('ostree/signature-invalid', `signatures: ${key} is not an array of byte strings`);
  }
  dict.delete(key);
  return entry.value as Uint8Array[];
}
