import { createHash } from 'node:crypto';
import type { SignatureDto } from '../contracts/scalars';
import type { StageKeyRow, StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import type { Checksum, GpgKeyring, Repo } from '../ostree';
import {
  parseSignatureSet,
  readCommit,
  readSignatures,
  type SignatureSet,
  sha256,
  verifySignatures,
} from '../ostree';
import type { Repositories } from './repositories';
import type { ServiceContext } from './service-context';

/** A GPG key may expire or be revoked: what was found of one holds for this long. */
const GOOD_FOR_MILLISECONDS = 10 * 60_000;

/** Signatures of one object, and the keys of the stage they are checked against, of both purposes. */
export interface SignatureSource {
  repos: Repositories;
  stage: StageWithKeys;
}

/** The signatures of a commit as a stage sees them. A damaged `.commitmeta` is shown as one invalid signature. */
export async function commitSignatures(
  ctx: ServiceContext,
  from: SignatureSource,
  repo: Repo,
  checksum: Checksum,
): Promise<SignatureDto[]> {
  let set: SignatureSet;
  try {
    set = readSignatures(repo, checksum);
  } catch (error) {
    if (!isAppError(error, 'ostree/signature-invalid')) throw error;
    return [{ type: 'ed25519', key: null, state: 'invalid' }];
  }
  const readBytes = () => readCommit(repo, checksum).bytes;
  return verifiedSignatures(ctx, from, { checksum, readBytes }, set);
}

/** The signatures of a summary, from the bytes of `summary` and `summary.sig`. */
export async function summarySignatures(
  ctx: ServiceContext,
  from: SignatureSource,
  bytes: Uint8Array,
  signatureBytes: Uint8Array | null,
): Promise<SignatureDto[]> {
  if (signatureBytes === null) return [];
  let set: SignatureSet;
  try {
    set = parseSignatureSet(signatureBytes);
  } catch (error) {
    if (!isAppError(error, 'ostree/signature-invalid')) throw error;
    return [{ type: 'ed25519', key: null, state: 'invalid' }];
  }
  return verifiedSignatures(ctx, from, { checksum: sha256(bytes), readBytes: () => bytes }, set);
}

/** What is signed, by its checksum; its bytes are asked for where no verdict is known. */
interface Signed {
  checksum: Checksum;
  readBytes: () => Uint8Array;
}

/**
 * Each signature of `set`, attributed to a key of the stage where one made it. Retired keys too: what
 * they signed is still theirs.
 */
async function verifiedSignatures(
  ctx: ServiceContext,
  { repos, stage }: SignatureSource,
  { checksum, readBytes }: Signed,
  set: SignatureSet,
): Promise<SignatureDto[]> {
  if (set.ed25519.length + set.gpg.length === 0) return [];
  const gpgKeys = stage.keys.filter((key) => key.type === 'gpg');
  const slot = Math.floor(ctx.clock.now().getTime() / GOOD_FOR_MILLISECONDS);
  const name = cacheKey(stage.keys, checksum, set, set.gpg.length > 0 ? slot : 0);
  const known = ctx.cache.get<SignatureDto[]>(name);
  if (known) return known;
  const keyring = set.gpg.length > 0 && gpgKeys.length > 0 ? await tryKeyring(repos, gpgKeys) : null;
  const found = await verifySignatures(readBytes(), set, {
    ed25519: stage.keys
      .filter((key) => key.type === 'ed25519')
      .map((key) => Buffer.from(key.publicKey, 'base64')),
    ...(keyring && { gpgKeyring: keyring }),
  });
  const signatures = found.map(({ type, key, state }) => ({ type, key: key === '' ? null : key, state }));
  // Without gpg there is no verdict to keep: it may be there the next time.
  if (set.gpg.length === 0 || gpgKeys.length === 0 || keyring) ctx.cache.set(name, signatures, found.length);
  return signatures;
}

/** The keyring of these keys; null where gpg doesn't run, so that its signatures are shown as unchecked. */
async function tryKeyring(repos: Repositories, keys: readonly StageKeyRow[]): Promise<GpgKeyring | null> {
  try {
    return await repos.keyring(
      keys.map((key) => key.id).join(),
      keys.map((key) => key.publicKey),
    );
  } catch (error) {
    if (isAppError(error, 'ostree/gpg-failed')) return null;
    throw error;
  }
}

function cacheKey(keys: readonly StageKeyRow[], checksum: Checksum, set: SignatureSet, slot: number): string {
  const hash = createHash('sha256');
  for (const blob of [...set.ed25519, ...set.gpg]) hash.update(`${blob.length}:`).update(blob);
  return `signatures:${checksum}:${hash.digest('hex')}:${keys.map((key) => key.id).join()}:${slot}`;
}
