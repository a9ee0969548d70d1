import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { objectPath } from '../format/object-path';
import {
  isEmptySignatureSet,
  NO_SIGNATURES,
  type SignatureSet,
  serializeSignatureSet,
} from '../format/signatures';
import type { Repo } from '../repo/open-repo';
import { readSignatures } from '../repo/read-commit';
import { splitSignaturePackets } from '../sign/openpgp-packets';
import { asWriteError } from './io-error';
import { makeDirectory } from './make-directory';
import { writeDurableFile } from './write-durable-file';

const ED25519_SIGNATURE_BYTES = 64;

/**
 * Puts two sets together: what `base` has comes first and wins where both have a key; equal signatures stand
 * once; signatures that cannot be any are dropped, since an ed25519 one of a wrong length makes libostree's client
 * give up before it reaches a valid one (LAB-12). No more come than anybody checks (T-38).
 */
export function joinSignatureSets(base: SignatureSet, added: SignatureSet): SignatureSet {
  const ed25519 = unique([...base.ed25519, ...added.ed25519]).filter(
    (blob) => blob.length === ED25519_SIGNATURE_BYTES,
  );
  const gpg = unique([...base.gpg, ...added.gpg]).filter((blob) => splitSignaturePackets(blob) !== null);
  const countMax = (present: readonly Uint8Array[]): number => Math.max(present.length, limits.signaturesMax);
  const other = new Map([...base.other, ...[...added.other].filter(([key]) => !base.other.has(key))]);
  return {
    ed25519: ed25519.slice(0, countMax(base.ed25519)),
    gpg: gpg.slice(0, countMax(base.gpg)),
    other,
  };
}

function unique(blobs: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Set<string>();
  return blobs.filter((blob) => {
    const text = Buffer.from(blob).toString('latin1');
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/**
 * Adds signatures (and other detached metadata) to a commit's `.commitmeta`, durably. Those that are there stay, in
 * front. Nothing is written when nothing would change, and never an empty set over anything. The caller holds the
 * shared repository lock and, for a stage, the product lock, which is what keeps two of these apart.
 *
 * @returns what the commit has afterwards
 * @throws AppError `ostree/signature-invalid` when what is there is malformed, `ostree/no-space`, `ostree/io-failed`
 */
export function mergeSignatures(repo: Repo, commit: Checksum, added: Partial<SignatureSet>): SignatureSet {
  const present = readSignatures(repo, commit);
  const merged = joinSignatureSets(present, { ...NO_SIGNATURES, ...added });
  if (isEmptySignatureSet(merged)) return present;
  const bytes = serializeSignatureSet(merged);
  if (!isEmptySignatureSet(present) && Buffer.compare(bytes, serializeSignatureSet(present)) === 0)
    return present;
  try {
    makeDirectory(repo, `objects/${commit.slice(0, 2)}`);
    writeDurableFile(repo, objectPath(commit, 'commitmeta', repo.mode), bytes);
  } catch (error) {
    throw asWriteError(repo, `signing ${commit} in`, error);
  }
  return merged;
}
