import { z } from 'zod';
import { checksumSchema } from '../contracts/scalars';
import { keyTypeSchema } from '../contracts/stage';

/** Longest line either side takes, in bytes: a request is small, an answer holds a few signatures or public keys. */
export const requestBytesMax = 16 * 1024;
export const responseBytesMax = 4 * 1024 * 1024;

/** Ids are file names in the signer's store: nothing that could be a path. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** What the worker may ask for, on `run/signer.sock`. One JSON object a line, answered by one line. */
export const signRequestSchema = z.discriminatedUnion('kind', [
  /** Sign the candidate summary that lies in the journal of the stage's repository. */
  z.strictObject({ kind: z.literal('sign-summary'), stageId: idSchema, runId: idSchema }),
  /** Sign a commit that the run brings into the stage's repository. */
  z.strictObject({
    kind: z.literal('sign-commit'),
    stageId: idSchema,
    runId: idSchema,
    checksum: checksumSchema,
  }),
  /** Which keys the signer could sign with for this stage. */
  z.strictObject({ kind: z.literal('list-keys'), stageId: idSchema }),
]);
export type SignRequest = z.infer<typeof signRequestSchema>;

/** What settings and the command line may ask for, on `run/signer-setup.sock`. No secret goes through it. */
export const setupRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('generate-key'),
    stageId: idSchema,
    type: keyTypeSchema,
    /** Part of the user id of a GPG key: the stage's name. */
    label: z.string().regex(/^[a-z0-9][a-z0-9-]{0,38}$/),
  }),
  z.strictObject({
    kind: z.literal('import-key'),
    stageId: idSchema,
    type: keyTypeSchema,
    /** Absolute path of the file that holds the secret key; the signer reads it itself. */
    path: z.string().startsWith('/').max(4096),
  }),
  z.strictObject({ kind: z.literal('list-keys'), stageId: idSchema }),
]);
export type SetupRequest = z.infer<typeof setupRequestSchema>;

/** Signatures in base64: 64 bytes each for ed25519, a binary OpenPGP packet each for gpg. */
export const signaturesSchema = z.strictObject({
  ed25519: z.array(z.base64().length(88)),
  gpg: z.array(z.base64().min(1)),
});
export type WireSignatures = z.infer<typeof signaturesSchema>;

/** The public half of a key in the store. */
export const storedKeySchema = z.strictObject({
  type: keyTypeSchema,
  /** ed25519: base64 of the public key. gpg: the fingerprint, 40 upper-case hex digits. */
  keyId: z.string(),
  /** ed25519: base64. gpg: the ASCII-armoured public key. */
  publicKey: z.string(),
});
export type StoredKey = z.infer<typeof storedKeySchema>;

/** Why a request was not done. `signer-refused` will not change by asking again; `signer-unreachable` may. */
export const refusalCodeSchema = z.enum([
  'signer-refused',
  'signer-unreachable',
  'input-invalid',
  'name-taken',
  'ostree/key-invalid',
  'ostree/gpg-failed',
  'home-unsafe',
]);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;

export const responseSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({ ok: z.literal(false), code: refusalCodeSchema, message: z.string().max(4000) }),
]);
