import { z } from 'zod';
import { freezeOverrideSchema, freezeStateSchema } from './freeze';
import { holdSchema } from './hold';
import {
  APPROVAL_EXPIRY_HOURS_DEFAULT,
  type ApprovalPolicy,
  type AutomaticPolicy,
  approvalPolicySchema,
  automaticPolicySchema,
  type EmergencyPolicy,
  emergencyPolicySchema,
  ruleStateSchema,
} from './policy';
import {
  checksumSchema,
  isoTimeSchema,
  modeSchema,
  refNameSchema,
  sizeSchema,
  stageNameSchema,
} from './scalars';

/**
 * `promote`: refs of one stage move into the next. The others stay within one stage. Two take refs back to what they were:
 * `roll-forward` by a new commit with the old tree, which clients accept as later; `reset` to the old commit itself, which
 * clients that check timestamps refuse. `remove` takes refs out of the stage.
 */
export const planKindSchema = z.enum(['promote', 'roll-forward', 'reset', 'remove']);
export type PlanKind = z.infer<typeof planKindSchema>;

const planBase = {
  edge: z.strictObject({ id: z.string(), from: stageNameSchema, to: stageNameSchema }),
  policyVersion: z.number().int(),
  kind: planKindSchema,
  /** Of a rollback: `recommit` where it rolls forward, `identity` where it resets, whatever its edge does; of a removal `identity`. */
  mode: modeSchema,
  verifyObjects: z.boolean(),
  requireSourceHead: z.boolean(),
  /** Its run begins no earlier; absent where it may begin at once. */
  notBefore: isoTimeSchema.optional(),
  refs: z
    .array(
      z.strictObject({
        /** Of a rollback the target's own, as its source is: the commit that it goes back to; of a removal its head. */
        sourceRef: refNameSchema,
        targetRef: refNameSchema,
        sourceChecksum: checksumSchema,
        contentChecksum: checksumSchema,
        /** The target's head that is replaced; null where the ref is new there. */
        expectedChecksum: checksumSchema.nullable(),
        /** null where the ref is removed. */
        resultingChecksum: checksumSchema.nullable(),
        /** Seconds since 1970 of the new commit; null in mode `identity`. */
        timestamp: z.number().int().nullable(),
      }),
    )
    .min(1),
};

/**
 * What exactly a promotion does. `planChecksum` = SHA-256 of the canonical JSON of this object. Version 1, which knew
 * only a number of reviewers, is no longer made; what was published under it has to be proven all the same.
 */
export const planSchema = z.discriminatedUnion('version', [
  z.strictObject({
    version: z.literal(1),
    ...planBase,
    kind: z.literal('promote'),
    approvalsRequired: z.number().int(),
  }),
  z.strictObject({
    version: z.literal(2),
    ...planBase,
    approval: approvalPolicySchema,
    /** It is published without approval; absent unless somebody broke the glass. */
    emergency: emergencyPolicySchema.optional(),
    /** Treeline asks for it itself, since the edge says so; absent where somebody asks. */
    automatic: automaticPolicySchema.optional(),
  }),
]);
export type Plan = z.infer<typeof planSchema>;

/** Whether the plan takes refs of a stage back to what they were. */
export function isRollback({ kind }: Pick<Plan, 'kind'>): boolean {
  return kind === 'roll-forward' || kind === 'reset';
}

/** Whether the plan takes refs out of a stage. */
export function isRemoval({ kind }: Pick<Plan, 'kind'>): boolean {
  return kind === 'remove';
}

/** Whether the plan takes no way between two stages: it reads and writes the one that its edge leads into. */
export function isWithinStage({ kind }: Pick<Plan, 'kind'>): boolean {
  return kind !== 'promote';
}

/** Who may publish the plan without approval; null where nobody may. */
export function emergencyOf(plan: Plan): EmergencyPolicy | null {
  return plan.version === 2 ? (plan.emergency ?? null) : null;
}

/** Whether Treeline asks for the plan itself, and who approves that; null where somebody asks. */
export function automaticOf(plan: Plan): AutomaticPolicy | null {
  return plan.version === 2 ? (plan.automatic ?? null) : null;
}

/** Who has to approve the plan. */
export function approvalPolicyOf(plan: Plan): ApprovalPolicy {
  if (plan.version === 2) return plan.approval;
  return {
    // A plan that asks for nobody is no plan that anybody made here.
    rules: [{ group: null, required: Math.max(1, plan.approvalsRequired), people: null }],
    expiryHours: APPROVAL_EXPIRY_HOURS_DEFAULT,
    isShared: false,
  };
}

export const checkSchema = z.object({
  code: z.string(),
  title: z.string(),
  /** `fail` blocks the request; `warn` is shown; for `wait` the run waits, and nothing else does. */
  result: z.enum(['pass', 'wait', 'warn', 'fail']),
  detail: z.string(),
  ref: z.string().nullable(),
  /** A page about it, by http or https; null or absent where there is none. */
  link: z.string().nullable().optional(),
});
export type CheckDto = z.infer<typeof checkSchema>;

/** Who is left behind where a ref is removed. Names of refs are those of the stage. */
export const strandedSchema = z.object({
  /** What the head says of its end of life (`ostree.endoflife`), and where it sends devices (`ostree.endoflife-rebase`). */
  endOfLife: z.string().nullable(),
  rebaseTo: z.string().nullable(),
  /** Whether the ref that it sends them to is there, and stays. */
  isRebaseTargetThere: z.boolean(),
  /** Refs that stay and are at this very commit, or at a later one of the same history: devices can go on there. */
  sameRefs: z.array(z.string()),
  laterRefs: z.array(z.string()),
  /** Stages that an edge brings this ref to from here: they have no source for it any more. */
  downstream: z.array(z.object({ stage: z.string(), ref: z.string() })),
  /** Open promotions that take it from here. */
  openFrom: z.array(z.number().int()),
  deltas: z.number().int(),
  /** Commits of its history that nothing else needs, and how many stay since something does. */
  commits: z.number().int(),
  commitsKept: z.number().int(),
});
export type StrandedDto = z.infer<typeof strandedSchema>;

/** What goes once the grace is over, as the repository is now; its size is null where it could not be counted. */
export const retirableSchema = z.object({
  graceHours: z.number().int(),
  commits: z.number().int(),
  size: z
    .object({
      objects: z.number().int(),
      /** Of the files that go; and of those the ones that no other repository links. */
      bytes: sizeSchema,
      freedBytes: sizeSchema,
    })
    .nullable(),
});
export type RetirableDto = z.infer<typeof retirableSchema>;

/** What stands beside the plan: it changes by itself and voids nothing. */
export const planFactsSchema = z.object({
  takenAt: isoTimeSchema,
  refs: z.array(
    z.object({
      targetRef: z.string(),
      fromVersion: z.string().nullable(),
      toVersion: z.string().nullable(),
      fromTimestamp: isoTimeSchema.nullable(),
      /** Of a ref that is removed the time of its head. */
      toTimestamp: isoTimeSchema,
      subject: z.string(),
      commits: z.number().int(),
      newObjects: z.number().int(),
      /** Stored bytes of the new objects: what clients of the target fetch; for a rollback, of all that its tree has and the
       * head has not. */
      newBytes: sizeSchema,
      willLink: z.boolean(),
      /** A commit that is not the newest was chosen; absent where it is. */
      isOlderChoice: z.boolean().optional(),
      /** Of a ref that is removed. */
      stranded: strandedSchema.optional(),
    }),
  ),
  checks: z.array(checkSchema),
  /** Of a removal. */
  retirable: retirableSchema.optional(),
});
export type PlanFacts = z.infer<typeof planFactsSchema>;

export const planResultSchema = z.object({
  plan: planSchema,
  planChecksum: checksumSchema,
  facts: planFactsSchema,
  isBlocked: z.boolean(),
  /** Open requests that no worker has begun and whose place this one may take, oldest first. */
  supersedable: z.array(
    z.object({ number: z.number().int(), requester: z.string(), isApproved: z.boolean() }),
  ),
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
  'cancelled',
  'superseded',
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

/** The steps of a run in their order. Where refs are removed it is the other way round: the summary goes before the refs. */
export function stepNamesOf(plan: Pick<Plan, 'kind'>): readonly StepName[] {
  return isRemoval(plan)
    ? ['preflight', 'summary', 'publish', 'update-refs', 'probe']
    : stepNameSchema.options;
}
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
  state: z.enum(['queued', 'running', 'done', 'failed', 'stale', 'cancelled']),
  createdAt: isoTimeSchema,
  startedAt: isoTimeSchema.nullable(),
  endedAt: isoTimeSchema.nullable(),
  retryAt: isoTimeSchema.nullable(),
  /** Under way, but its worker has given no sign of life for a while; `since` is when the last one ran out. */
  stalled: z.object({ since: isoTimeSchema, worker: z.string() }).nullable(),
  /** Who asked to stop it, and why; it counts until the refs move. */
  cancel: z.object({ by: z.string(), at: isoTimeSchema, reason: z.string() }).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  steps: z.array(runStepSchema),
});
export type RunDto = z.infer<typeof runSchema>;

export const approvalSchema = z.object({
  id: z.string(),
  reviewer: z.string(),
  decision: z.enum(['approve', 'reject']),
  planChecksum: checksumSchema,
  /** It no longer counts: its plan has changed, it was voided, or it has expired. */
  isVoid: z.boolean(),
  /** Why and since when, where it no longer counts. */
  voided: z.object({ why: z.string(), at: isoTimeSchema.nullable() }).nullable(),
  /** Until when it counts, where nothing else voids it; null for a rejection, and once it was used. */
  expiresAt: isoTimeSchema.nullable(),
  comment: z.string(),
  createdAt: isoTimeSchema,
});
export type ApprovalDto = z.infer<typeof approvalSchema>;

/**
 * Why a promotion's run does not begin now, and until when; `until` is null where nobody can tell. It is worked out
 * anew each time and voids nothing.
 */
export const waitSchema = z.object({
  code: z.enum(['scheduled', 'frozen', 'held', 'soak', 'checks', 'fsck']),
  /** A clause such as "it was asked for not before that time". */
  detail: z.string(),
  until: isoTimeSchema.nullable(),
});
export type WaitDto = z.infer<typeof waitSchema>;

/** `none`: none of its refs has moved, so there is nothing to review. */
export const reviewStateSchema = z.enum(['none', 'due', 'overdue', 'reviewed']);
export type ReviewState = z.infer<typeof reviewStateSchema>;

/** How far the review of what was published without approval is. */
export const emergencyStateSchema = z.object({
  review: reviewStateSchema,
  /** Until when it has to be done; null while there is nothing to review. */
  dueAt: isoTimeSchema.nullable(),
  hasObjection: z.boolean(),
});
export type EmergencyStateDto = z.infer<typeof emergencyStateSchema>;

/** One promotion in a list. `title` is such as "7.4.1 to production". */
export const promotionRowSchema = z.object({
  number: z.number().int(),
  title: z.string(),
  kind: planKindSchema,
  edge: z.object({ id: z.string(), from: z.string(), to: z.string() }),
  state: promotionStateSchema,
  /** "1 of 2 approvals", "pull 61%", "stale: target moved": what the pill says. */
  stateText: z.string(),
  reason: z.string(),
  requester: z.string(),
  refs: z.array(z.string()),
  /** The older request whose place it takes, and the newer one that has taken its own. */
  supersedes: z.number().int().nullable(),
  supersededBy: z.number().int().nullable(),
  /** Null where it is none. */
  emergency: emergencyStateSchema.nullable(),
  /** What its run waits for, or would if it were approved now; in lists only where it is approved. */
  waits: z.array(waitSchema),
  createdAt: isoTimeSchema,
  endedAt: isoTimeSchema.nullable(),
});
export type PromotionRowDto = z.infer<typeof promotionRowSchema>;

/** A promotion that waits, with the rules that the reader could satisfy now: groups, null for any reviewer. */
export const queuedPromotionSchema = promotionRowSchema.extend({
  /** Rules that lack somebody, with how many. */
  open: z.array(z.object({ group: z.string().nullable(), missing: z.number().int(), isForMe: z.boolean() })),
});
export type QueuedPromotionDto = z.infer<typeof queuedPromotionSchema>;
export const approvalQueueSchema = z.object({
  waitingForMe: z.array(queuedPromotionSchema),
  others: z.array(queuedPromotionSchema),
  /** What was published without approval and is not reviewed yet, what is due first first. */
  reviews: z.array(promotionRowSchema.extend({ isForMe: z.boolean() })),
});
export type ApprovalQueueDto = z.infer<typeof approvalQueueSchema>;

/** What the person who asks may do now; `why` says why not. */
export const offerSchema = z.object({ isAllowed: z.boolean(), why: z.string().nullable() });
export type OfferDto = z.infer<typeof offerSchema>;

export const promotionSchema = promotionRowSchema.extend({
  /** Where a program asked: the people behind its token, by the names that pages show. None of them may approve. */
  sponsors: z.array(z.string()),
  plan: planSchema,
  planChecksum: checksumSchema,
  facts: planFactsSchema,
  approvals: z.array(approvalSchema),
  approvalsRequired: z.number().int(),
  /** The approval rules in the order of the policy. */
  rules: z.array(ruleStateSchema),
  runs: z.array(runSchema),
  /** What was said of an emergency afterwards, oldest first. */
  reviews: z.array(
    z.object({
      reviewer: z.string(),
      verdict: z.enum(['accepted', 'objected']),
      comment: z.string(),
      at: isoTimeSchema,
    }),
  ),
  /** The approval rules as its review goes by; empty where it is no emergency. */
  reviewRules: z.array(ruleStateSchema),
  /** Source refs that have moved on since the plan was fixed. */
  movedSourceRefs: z.array(z.object({ ref: z.string(), now: checksumSchema.nullable() })),
  /** A newer open promotion on the same edge with a ref in common, if there is one. */
  newerNumber: z.number().int().nullable(),
  /** The freeze that stops it now, but for what was overridden; null where none does, or it has begun. */
  freeze: freezeStateSchema.nullable(),
  /** Holds that stand on its refs in the target, of either scope. */
  holds: z.array(holdSchema),
  /** By whom and why it was let past a freeze, oldest first. */
  overrides: z.array(freezeOverrideSchema),
  offers: z.object({
    approve: offerSchema,
    reject: offerSchema,
    withdraw: offerSchema,
    retry: offerSchema,
    cancel: offerSchema,
    review: offerSchema,
    overrideFreeze: offerSchema,
    /** To take back what lets it past a freeze. */
    reinstateFreeze: offerSchema,
    /** To take what it published back, by a promotion of its own. */
    rollBack: offerSchema,
  }),
  timeline: z.array(z.object({ at: isoTimeSchema, actor: z.string(), text: z.string(), kind: z.string() })),
});
export type PromotionDto = z.infer<typeof promotionSchema>;

export const planInputSchema = z.strictObject({
  /**
   * `promote` unless given. A rollback names an edge that leads into its stage, and for each ref what it goes back to; a removal
   * names such an edge too, and what each ref is at now where the caller knows it.
   */
  kind: planKindSchema.optional(),
  edge: z.string().min(1),
  refs: z
    .array(z.strictObject({ ref: refNameSchema, checksum: checksumSchema.optional() }))
    .min(1)
    .max(200),
  /** Its run begins no earlier; it is part of what is approved. */
  notBefore: isoTimeSchema.optional(),
  /** Published without approval, and reviewed afterwards: for people whom the edge lets. */
  emergency: z.boolean().optional(),
});
export type PlanInput = z.infer<typeof planInputSchema>;
export const createPromotionSchema = planInputSchema.extend({
  planChecksum: checksumSchema,
  reason: z.string().trim().min(3, 'say why, in a few words').max(2000),
  /** Number of an older request on the same edge that ends with this one. */
  supersedes: z.number().int().positive().optional(),
});
export type CreatePromotionInput = z.infer<typeof createPromotionSchema>;
export const decideSchema = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  planChecksum: checksumSchema,
  comment: z.string().trim().max(2000),
});
export type DecideInput = z.infer<typeof decideSchema>;
export const reviewEmergencySchema = z.strictObject({
  verdict: z.enum(['accepted', 'objected']),
  comment: z.string().trim().min(3, 'say what you looked at, in a few words').max(2000),
});
export type ReviewEmergencyInput = z.infer<typeof reviewEmergencySchema>;
/** Stops a run before its refs move. */
export const cancelPromotionSchema = z.strictObject({ reason: z.string().trim().max(2000).optional() });
export type CancelPromotionInput = z.infer<typeof cancelPromotionSchema>;
export const listPromotionsSchema = z.strictObject({
  state: promotionStateSchema.optional(),
  stage: stageNameSchema.optional(),
  cursor: z.string().optional(),
});
export type ListPromotionsInput = z.infer<typeof listPromotionsSchema>;
