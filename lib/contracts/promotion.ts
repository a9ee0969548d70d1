import { z } from 'zod';
import {
  checksumSchema,
  isoTimeSchema,
  modeSchema,
  refNameSchema,
  sizeSchema,
  stageNameSchema,
} from './scalars';

/** What exactly a promotion does. `planChecksum` = SHA-256 of the canonical JSON of this object. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  edge: z.strictObject({ id: z.string(), from: stageNameSchema, to: stageNameSchema }),
  policyVersion: z.number().int(),
  kind: z.literal('promote'),
  mode: modeSchema,
  approvalsRequired: z.number().int(),
  verifyObjects: z.boolean(),
  requireSourceHead: z.boolean(),
  refs: z
    .array(
      z.strictObject({
        sourceRef: refNameSchema,
        targetRef: refNameSchema,
        sourceChecksum: checksumSchema,
        contentChecksum: checksumSchema,
        /** The target's head that is replaced; null where the ref is new there. */
        expectedChecksum: checksumSchema.nullable(),
        resultingChecksum: checksumSchema,
        /** Seconds since 1970 of the new commit; null in mode `identity`. */
        timestamp: z.number().int().nullable(),
      }),
    )
    .min(1),
});
export type Plan = z.infer<typeof planSchema>;

export const checkSchema = z.object({
  code: z.string(),
  title: z.string(),
  /** `fail` blocks the request; `warn` is shown. */
  result: z.enum(['pass', 'warn', 'fail']),
  detail: z.string(),
  ref: z.string().nullable(),
});
export type CheckDto = z.infer<typeof checkSchema>;

/** What stands beside the plan: it changes by itself and voids nothing. */
export const planFactsSchema = z.object({
  takenAt: isoTimeSchema,
  refs: z.array(
    z.object({
      targetRef: z.string(),
      fromVersion: z.string().nullable(),
      toVersion: z.string().nullable(),
      fromTimestamp: isoTimeSchema.nullable(),
      toTimestamp: isoTimeSchema,
      subject: z.string(),
      commits: z.number().int(),
      newObjects: z.number().int(),
      /** Stored bytes of the new objects: what clients of the target fetch. */
      newBytes: sizeSchema,
      willLink: z.boolean(),
    }),
  ),
  checks: z.array(checkSchema),
});
export type PlanFacts = z.infer<typeof planFactsSchema>;

export const planResultSchema = z.object({
  plan: planSchema,
  planChecksum: checksumSchema,
  facts: planFactsSchema,
  isBlocked: z.boolean(),
});
export type PlanResultDto = z.infer<typeof planResultSchema>;

export const promotionStateSchema = z.enum([
  'requested',
  'approved',
  'running',
  'published',
  'failed',
  'stale',
  'rejected',
  'withdrawn',
]);
export type PromotionState = z.infer<typeof promotionStateSchema>;

export const stepNameSchema = z.enum([
  'preflight',
  'pull',
  'verify',
  'sign-commits',
  'update-refs',
  'summary',
  'publish',
  'probe',
]);
export type StepName = z.infer<typeof stepNameSchema>;
export const stepStateSchema = z.enum(['waiting', 'running', 'retrying', 'done', 'failed']);

export const runStepSchema = z.object({
  name: stepNameSchema,
  state: stepStateSchema,
  startedAt: isoTimeSchema.nullable(),
  endedAt: isoTimeSchema.nullable(),
  /** Lines a person reads: what was done, with counts. */
  lines: z.array(z.string()),
  /** 0 to 1 while it is known. */
  fraction: z.number().min(0).max(1).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type RunStepDto = z.infer<typeof runStepSchema>;

export const runSchema = z.object({
  id: z.string(),
  attempt: z.number().int(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'stale']),
  createdAt: isoTimeSchema,
  startedAt: isoTimeSchema.nullable(),
  endedAt: isoTimeSchema.nullable(),
  retryAt: isoTimeSchema.nullable(),
  /** Under way, but its worker has given no sign of life for a while; `since` is when the last one ran out. */
  stalled: z.object({ since: isoTimeSchema, worker: z.string() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  steps: z.array(runStepSchema),
});
export type RunDto = z.infer<typeof runSchema>;

export const approvalSchema = z.object({
  id: z.string(),
  reviewer: z.string(),
  decision: z.enum(['approve', 'reject']),
  planChecksum: checksumSchema,
  /** true where the plan has changed since: it no longer counts. */
  isVoid: z.boolean(),
  comment: z.string(),
  createdAt: isoTimeSchema,
});
export type ApprovalDto = z.infer<typeof approvalSchema>;

/** One promotion in a list. `title` is such as "7.4.1 to production". */
export const promotionRowSchema = z.object({
  number: z.number().int(),
  title: z.string(),
  edge: z.object({ id: z.string(), from: z.string(), to: z.string() }),
  state: promotionStateSchema,
  /** "1 of 2 approvals", "pull 61%", "stale: target moved": what the pill says. */
  stateText: z.string(),
  reason: z.string(),
  requester: z.string(),
  refs: z.array(z.string()),
  createdAt: isoTimeSchema,
  endedAt: isoTimeSchema.nullable(),
});
export type PromotionRowDto = z.infer<typeof promotionRowSchema>;

/** What the person who asks may do now; `why` says why not. */
export const offerSchema = z.object({ isAllowed: z.boolean(), why: z.string().nullable() });
export type OfferDto = z.infer<typeof offerSchema>;

export const promotionSchema = promotionRowSchema.extend({
  plan: planSchema,
  planChecksum: checksumSchema,
  facts: planFactsSchema,
  approvals: z.array(approvalSchema),
  approvalsRequired: z.number().int(),
  runs: z.array(runSchema),
  /** Source refs that have moved on since the plan was fixed. */
  movedSourceRefs: z.array(z.object({ ref: z.string(), now: checksumSchema.nullable() })),
  /** A newer open promotion on the same edge with a ref in common, if there is one. */
  newerNumber: z.number().int().nullable(),
  offers: z.object({ approve: offerSchema, reject: offerSchema, withdraw: offerSchema, retry: offerSchema }),
  timeline: z.array(z.object({ at: isoTimeSchema, actor: z.string(), text: z.string(), kind: z.string() })),
});
export type PromotionDto = z.infer<typeof promotionSchema>;

export const planInputSchema = z.strictObject({
  edge: z.string().min(1),
  refs: z
    .array(z.strictObject({ ref: refNameSchema, checksum: checksumSchema.optional() }))
    .min(1)
    .max(200),
});
export type PlanInput = z.infer<typeof planInputSchema>;
export const createPromotionSchema = planInputSchema.extend({
  planChecksum: checksumSchema,
  reason: z.string().trim().min(3, 'say why, in a few words').max(2000),
});
export type CreatePromotionInput = z.infer<typeof createPromotionSchema>;
export const decideSchema = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  planChecksum: checksumSchema,
  comment: z.string().trim().max(2000),
});
export type DecideInput = z.infer<typeof decideSchema>;
export const listPromotionsSchema = z.strictObject({
  state: promotionStateSchema.optional(),
  stage: stageNameSchema.optional(),
  cursor: z.string().optional(),
});
export type ListPromotionsInput = z.infer<typeof listPromotionsSchema>;
