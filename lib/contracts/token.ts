import { z } from 'zod';
import { isoTimeSchema, personNameSchema, stageNameSchema } from './scalars';

/**
 * What a token lets a program do. A closed set, and nothing in it approves or sets anything up. Each of the others reads
 * too, since whoever asks or reports has to look.
 */
export const tokenScopes = [
  'read',
  'promotions:request',
  'promotions:rollback',
  'promotions:remove',
  'checks:report',
] as const;
export const tokenScopeSchema = z.enum(tokenScopes);
export type TokenScope = z.infer<typeof tokenScopeSchema>;

const tokenStagesSchema = z
  .array(stageNameSchema)
  .min(1, 'choose at least one')
  .max(200)
  .refine((stages) => new Set(stages).size === stages.length, { message: 'name each once' });

/** The stages that a token is for, from their stored JSON text; null: any. @throws SyntaxError, ZodError where it is none */
export function tokenStagesOf(stored: string | null): string[] | null {
  return stored === null ? null : tokenStagesSchema.parse(JSON.parse(stored));
}

/** Ids of the people behind the token that a promotion was asked for with: who holds it and who made it. */
export const sponsorIdsSchema = z.array(z.string());

/** The longest that a token may hold, in days. */
export const TOKEN_DAYS_MAX = 365;
export const TOKEN_DAYS_DEFAULT = 90;

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(tokenScopeSchema),
  /** What it may do it may for what leads into these stages alone; null: into any. */
  stages: z.array(z.string()).nullable(),
  /** The first characters of the token, to know it by. */
  hint: z.string(),
  /** Who holds it: a person, who approves nothing that is asked for with it. */
  holder: z.string(),
  /** Who made it; null where the command line did. */
  createdBy: z.string().nullable(),
  createdAt: isoTimeSchema,
  expiresAt: isoTimeSchema,
  lastUsedAt: isoTimeSchema.nullable(),
  revokedAt: isoTimeSchema.nullable(),
  /** `stopped`: its account or its holder is disabled. */
  state: z.enum(['active', 'stopped', 'expired', 'revoked']),
});
export type TokenDto = z.infer<typeof tokenSchema>;

/** The account of a program: no password, no session, no role; its tokens say what it may do. */
export const serviceAccountSchema = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  disabledAt: isoTimeSchema.nullable(),
  createdAt: isoTimeSchema,
  /** Newest first. */
  tokens: z.array(tokenSchema),
});
export type ServiceAccountDto = z.infer<typeof serviceAccountSchema>;

export const addServiceAccountSchema = z.strictObject({
  name: personNameSchema,
  displayName: z.string().trim().min(1).max(80),
});
export type AddServiceAccountInput = z.infer<typeof addServiceAccountSchema>;

export const updateServiceAccountSchema = z.strictObject({
  displayName: z.string().trim().min(1).max(80).optional(),
  isDisabled: z.boolean().optional(),
});
export type UpdateServiceAccountInput = z.infer<typeof updateServiceAccountSchema>;

export const addTokenSchema = z.strictObject({
  name: z.string().trim().min(1, 'say what it is for').max(60),
  scopes: z
    .array(tokenScopeSchema)
    .min(1, 'choose at least one')
    .max(tokenScopes.length)
    .refine((scopes) => new Set(scopes).size === scopes.length, { message: 'name each once' }),
  /** Left out: any. Reading is of the whole in any case. */
  stages: tokenStagesSchema.optional(),
  expiresInDays: z
    .number()
    .int()
    .min(1, 'give whole days from 1 to 365')
    .max(TOKEN_DAYS_MAX, 'give whole days from 1 to 365'),
  /** Sign-in name of the person who holds it. */
  holder: personNameSchema,
});
export type AddTokenInput = z.infer<typeof addTokenSchema>;
/** The one answer that carries the token. */
export const addedTokenSchema = z.object({ account: serviceAccountSchema, secret: z.string() });
export type AddedTokenDto = z.infer<typeof addedTokenSchema>;
