import { z } from 'zod';
import { isoTimeSchema, reasonSchema, refNameSchema, stageNameSchema } from './scalars';

/** `every`: no promotion moves the ref. `automatic`: only automatic promotion is held off. */
export const holdScopeSchema = z.enum(['every', 'automatic']);
export type HoldScope = z.infer<typeof holdScopeSchema>;

/** What set it: somebody by hand, a rollback, a promotion of a commit that was not the newest, or a removal of the ref. */
export const holdOriginSchema = z.enum(['hand', 'rollback', 'older-choice', 'removal']);
export type HoldOrigin = z.infer<typeof holdOriginSchema>;

/** A hold that stands. */
export const holdSchema = z.object({
  id: z.string(),
  stage: z.string(),
  ref: z.string(),
  scope: holdScopeSchema,
  origin: holdOriginSchema,
  /** The promotion that set it; null where somebody did by hand. */
  promotion: z.number().int().nullable(),
  reason: z.string(),
  /** Who set it, or asked for the promotion that did. */
  by: z.string(),
  at: isoTimeSchema,
});
export type HoldDto = z.infer<typeof holdSchema>;

export const setHoldSchema = z.strictObject({
  stage: stageNameSchema,
  ref: refNameSchema,
  scope: holdScopeSchema,
  reason: reasonSchema,
});
export type SetHoldInput = z.infer<typeof setHoldSchema>;
export const liftHoldSchema = z.strictObject({ reason: reasonSchema });
export type LiftHoldInput = z.infer<typeof liftHoldSchema>;
export const listHoldsSchema = z.strictObject({ stage: stageNameSchema.optional() });
export type ListHoldsInput = z.infer<typeof listHoldsSchema>;
