import { z } from 'zod';
import { isoTimeSchema } from './scalars';

export const auditRowSchema = z.object({
  seq: z.number().int(),
  at: isoTimeSchema,
  kind: z.string(),
  actor: z.string(),
  /** One sentence, without the actor: "approved #42". */
  text: z.string(),
  stage: z.string().nullable(),
  ref: z.string().nullable(),
  promotion: z.number().int().nullable(),
  hash: z.string(),
});
export type AuditRowDto = z.infer<typeof auditRowSchema>;

export const listAuditSchema = z.strictObject({
  person: z.string().max(64).optional(),
  stage: z.string().max(64).optional(),
  kind: z.string().max(64).optional(),
  promotion: z.coerce.number().int().positive().optional(),
  /** A part of the ref that events are about, in any case. */
  ref: z.string().max(255).optional(),
  /** A part of the line of an event as it is shown, in any case. */
  text: z.string().max(200).optional(),
  since: isoTimeSchema.optional(),
  until: isoTimeSchema.optional(),
  cursor: z.string().optional(),
});
export type ListAuditInput = z.infer<typeof listAuditSchema>;

export const exportAuditSchema = z.strictObject({
  /** JSON lines hold all that the chain needs; CSV is for spreadsheets. */
  format: z.enum(['jsonl', 'csv']).default('jsonl'),
});
export type ExportAuditInput = z.input<typeof exportAuditSchema>;

/** Whether the hash chain holds; `badSeq` is the first event that breaks it. */
export const chainStateSchema = z.object({
  isIntact: z.boolean(),
  events: z.number().int(),
  badSeq: z.number().int().nullable(),
  headHash: z.string().nullable(),
  /** Whether an event has the hash that was noted elsewhere; null where none was given, or the chain breaks. */
  hasNotedHead: z.boolean().nullable(),
});
export type ChainStateDto = z.infer<typeof chainStateSchema>;
export const auditPageSchema = z.object({
  items: z.array(auditRowSchema),
  /** Where older events begin; with a text or a ref there may be none that match among them. */
  nextCursor: z.string().nullable(),
  chain: chainStateSchema,
  people: z.array(z.string()),
  kinds: z.array(z.string()),
});
export type AuditPageDto = z.infer<typeof auditPageSchema>;
