import { z } from 'zod';
import { retirableSchema } from './promotion';
import { checksumSchema, isoTimeSchema, reasonSchema, sizeSchema, stageNameSchema } from './scalars';

/** How long the commits of a ref that was removed stay, in hours: longer than any client is in the middle of a pull. */
export const RETIRE_GRACE_HOURS_DEFAULT = 24;
export const RETIRE_GRACE_HOURS_MAX = 720;
export const retireGraceHoursSchema = z
  .number()
  .int()
  .min(1, 'give whole hours from 1 to 720')
  .max(RETIRE_GRACE_HOURS_MAX, 'give whole hours from 1 to 720');

/** `waiting` until it is due, `deleting` once a worker has begun, `stopped` where somebody wants the commits kept. */
export const retirementStateSchema = z.enum(['waiting', 'deleting', 'done', 'stopped']);

/** A ref that was removed, with the head that it had. */
const retiredRefSchema = z.strictObject({ ref: z.string(), checksum: checksumSchema });
export type RetiredRef = z.infer<typeof retiredRefSchema>;
export const retiredRefsSchema = z.array(retiredRefSchema);
export const retiredCommitsSchema = z.array(checksumSchema);

/** What goes, once a worker has begun, or went. */
export const retirementCountsSchema = z.strictObject({
  commits: z.number().int(),
  /** That stay since something needs them. */
  kept: z.number().int(),
  objects: z.number().int(),
  /** Of the files, and of those that no other repository links. */
  bytes: sizeSchema,
  freedBytes: sizeSchema,
  deltas: z.number().int(),
});
export type RetirementCounts = z.infer<typeof retirementCountsSchema>;

/** What becomes of the commits of refs that one promotion removed. */
export const retirementSchema = z.object({
  id: z.string(),
  stage: z.string(),
  /** The removal. */
  promotion: z.number().int(),
  /** Who asked for it. */
  by: z.string(),
  refs: retiredRefsSchema,
  removedAt: isoTimeSchema,
  dueAt: isoTimeSchema,
  state: retirementStateSchema,
  /** What the removal's plan said would go. */
  estimate: retirableSchema.nullable(),
  /** null until a worker has begun. */
  counts: retirementCountsSchema.nullable(),
  /** Who wants the commits kept, and why. */
  stopped: z.object({ by: z.string(), reason: z.string() }).nullable(),
  endedAt: isoTimeSchema.nullable(),
  /** What kept a worker from it last. */
  problem: z.string().nullable(),
});
export type RetirementDto = z.infer<typeof retirementSchema>;

export const listRetirementsSchema = z.strictObject({ stage: stageNameSchema.optional() });
export type ListRetirementsInput = z.infer<typeof listRetirementsSchema>;
export const stopRetirementSchema = z.strictObject({
  reason: reasonSchema,
});
export type StopRetirementInput = z.infer<typeof stopRetirementSchema>;
