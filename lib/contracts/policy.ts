import { z } from 'zod';
import { isoTimeSchema, roleSchema } from './scalars';

export const groupNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,38}$/, 'use lower-case letters, digits and hyphens, 39 at most');

/** So many people of a group, or of all reviewers where `group` is null. */
export const approvalRuleSchema = z.strictObject({
  group: groupNameSchema.nullable(),
  required: z.number().int().min(1).max(5),
});
export type ApprovalRule = z.infer<typeof approvalRuleSchema>;

export const approvalRulesSchema = z
  .array(approvalRuleSchema)
  .min(1, 'name at least one rule')
  .max(10)
  .refine((rules) => new Set(rules.map((rule) => rule.group)).size === rules.length, {
    message: 'name each group once',
  });

/** How long an approval counts unless the edge says otherwise. */
export const APPROVAL_EXPIRY_HOURS_DEFAULT = 72;
export const approvalExpiryHoursSchema = z.number().int().min(1).max(720);

/** Who has to approve a plan, fixed with it. */
export const approvalPolicySchema = z.strictObject({
  rules: z
    .array(
      z.strictObject({
        group: groupNameSchema.nullable(),
        required: z.number().int().min(1),
        /** Ids of those who were in the group when the plan was fixed, sorted; null: whoever is a reviewer. */
        people: z.array(z.string()).nullable(),
      }),
    )
    .min(1),
  expiryHours: z.number().int().min(1),
  /** Whether one person's approval counts for every rule that names a group of theirs. */
  isShared: z.boolean(),
});
export type ApprovalPolicy = z.infer<typeof approvalPolicySchema>;

/** Within how many hours an emergency has to be reviewed. */
export const EMERGENCY_REVIEW_HOURS_DEFAULT = 24;
export const emergencyReviewHoursSchema = z
  .number()
  .int()
  .min(1, 'give whole hours from 1 to 168')
  .max(168, 'give whole hours from 1 to 168');

/** Whether what an edge promotes by itself is approved as usual, or by nobody. */
export const automaticApprovalSchema = z.enum(['as-usual', 'none']);
export type AutomaticApproval = z.infer<typeof automaticApprovalSchema>;

/** That a plan was made without anybody asking, and who has to approve it then; fixed with it. */
export const automaticPolicySchema = z.strictObject({ approval: automaticApprovalSchema });
export type AutomaticPolicy = z.infer<typeof automaticPolicySchema>;

/** Who may publish a plan without approval, fixed with it. */
export const emergencyPolicySchema = z.strictObject({
  groupId: z.string(),
  /** As it was called then. */
  group: z.string(),
  /** Ids of the release managers who were in the group when the plan was fixed, sorted. */
  people: z.array(z.string()),
  reviewHours: z.number().int().min(1),
});
export type EmergencyPolicy = z.infer<typeof emergencyPolicySchema>;

/** A rule of a promotion as its page shows it. */
export const ruleStateSchema = z.object({
  group: z.string().nullable(),
  required: z.number().int(),
  isSatisfied: z.boolean(),
  /** Who satisfies it, by the names that pages show. */
  by: z.array(z.string()),
  /** Who still may, the first of them. */
  mayStill: z.array(z.string()),
  mayStillCount: z.number().int(),
});
export type RuleStateDto = z.infer<typeof ruleStateSchema>;

export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: isoTimeSchema,
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      displayName: z.string(),
      role: roleSchema,
      /** Whether their approval can count: a reviewer who can sign in. */
      canApprove: z.boolean(),
      /** Whether an edge lets them publish without approval for being in it: a release manager who can sign in. */
      canBreakGlass: z.boolean(),
      addedAt: isoTimeSchema,
    }),
  ),
  /** Edges whose rules name the group, or that let it publish without approval. */
  edges: z.array(z.object({ id: z.string(), from: z.string(), to: z.string() })),
});
export type GroupDto = z.infer<typeof groupSchema>;

const memberIdsSchema = z.array(z.string().min(1).max(64)).max(200);
export const addGroupSchema = z.strictObject({ name: groupNameSchema, members: memberIdsSchema.optional() });
export type AddGroupInput = z.infer<typeof addGroupSchema>;
/** `members`: the ids of all who are to be in it from now on. */
export const updateGroupSchema = z.strictObject({ members: memberIdsSchema });
export type UpdateGroupInput = z.infer<typeof updateGroupSchema>;

/** What a change of policy would void, or has voided. */
export const policyEffectSchema = z.object({
  /** What changes, as a person reads it. */
  changes: z.array(z.string()),
  /** Promotions that would have to be planned or approved anew. */
  promotions: z.array(
    z.object({
      number: z.number().int(),
      title: z.string(),
      /** What becomes of it. */
      becomes: z.enum(['stale', 'requested', 'same']),
      voided: z.array(z.object({ reviewer: z.string(), at: isoTimeSchema })),
    }),
  ),
});
export type PolicyEffectDto = z.infer<typeof policyEffectSchema>;
