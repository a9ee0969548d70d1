import { z } from 'zod';

/** SHA-256 as 64 lower-case hex digits. */
export const checksumSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits');
/** ISO 8601, UTC. */
export const isoTimeSchema = z.iso.datetime('use a time such as 2026-11-27T18:00:00Z');
/** Bytes as a decimal string, since a size may exceed 2^53. */
export const sizeSchema = z.string().regex(/^\d+$/);
/** A stage's name: it is a path segment of the repository server's URLs. */
export const stageNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'use lower-case letters, digits and hyphens, 39 at most');
/** A ref as R-26 allows it to be promoted. */
export const refNameSchema = z
  .string()
  .max(1024)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/, 'is not a ref name');
export const personNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'use lower-case letters, digits, dots and hyphens');
export const roleSchema = z.enum(['viewer', 'release-manager', 'reviewer', 'auditor', 'admin']);
export type Role = z.infer<typeof roleSchema>;
/** What somebody may be for one stage, in place of what they are everywhere. Admins and auditors are so everywhere or nowhere. */
export const stageRoleSchema = roleSchema.exclude(['auditor', 'admin']);
export type StageRole = z.infer<typeof stageRoleSchema>;
export const modeSchema = z.enum(['identity', 'recommit']);

export const signatureStateSchema = z.enum([
  'valid',
  'invalid',
  'expired',
  'revoked',
  'unknown-key',
  'unchecked',
]);
/** `key` is the base64 public key (ed25519) or the fingerprint (gpg); for an unknown ed25519 key it is null. */
export const signatureSchema = z.object({
  type: z.enum(['ed25519', 'gpg']),
  key: z.string().nullable(),
  state: signatureStateSchema,
});
export type SignatureDto = z.infer<typeof signatureSchema>;

/** A problem as the API sends it, `application/problem+json` (RFC 9457) with a stable `code`. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** Which input field is meant, by its path, where input was invalid. */
  fields: z.record(z.string(), z.string()).optional(),
});
export type ProblemDto = z.infer<typeof problemSchema>;

/** A page of a list. `nextCursor` is null on the last page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
export interface PageDto<T> {
  items: T[];
  nextCursor: string | null;
}
/** Why somebody does something, in a few words. */
export const reasonSchema = z.string().trim().min(3, 'say why, in a few words').max(500);
