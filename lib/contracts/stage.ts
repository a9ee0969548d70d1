import { z } from 'zod';
import { checkLevelSchema, externalCheckSchema, externalChecksSchema, soakHoursSchema } from './edge-checks';
import { comingFreezeSchema, freezeStateSchema } from './freeze';
import { holdSchema } from './hold';
import {
  approvalExpiryHoursSchema,
  approvalRuleSchema,
  approvalRulesSchema,
  automaticApprovalSchema,
  emergencyReviewHoursSchema,
  groupNameSchema,
} from './policy';
import { retireGraceHoursSchema, retirementSchema } from './retirement';
import {
  checksumSchema,
  isoTimeSchema,
  modeSchema,
  refNameSchema,
  signatureSchema,
  sizeSchema,
  stageNameSchema,
} from './scalars';

export const keyTypeSchema = z.enum(['ed25519', 'gpg']);
export const stageKeySchema = z.object({
  id: z.string(),
  type: keyTypeSchema,
  /** ed25519: base64 of the public key. gpg: the 40-hex fingerprint. */
  keyId: z.string(),
  /** `sign`: the signer holds the secret half. `trust`: only signatures by it are accepted. */
  purpose: z.enum(['sign', 'trust']),
  createdAt: isoTimeSchema,
  retiredAt: isoTimeSchema.nullable(),
});
export type StageKeyDto = z.infer<typeof stageKeySchema>;

export const stageRefSchema = z.object({
  ref: z.string(),
  checksum: checksumSchema,
  version: z.string().nullable(),
  subject: z.string(),
  timestamp: isoTimeSchema,
  /** false where the name breaks R-26: it is shown, never promoted. */
  isPromotable: z.boolean(),
  /** true where the commit could not be read; version and subject are then empty. */
  isBroken: z.boolean(),
  /** The ref differs from what Treeline put there or adopted (only on stages that an edge leads to). */
  isDrifted: z.boolean(),
  /** An edge that leads into the stage could bring it: under its rules it may be taken back or removed. */
  isBroughtByEdge: z.boolean(),
  /** What keeps promotions from moving it: holds that stand, oldest first. */
  holds: z.array(holdSchema),
});
export type StageRefDto = z.infer<typeof stageRefSchema>;

/** What others made of the summary that Treeline published last: another file, none at all, or one without signatures. */
export const summaryDriftSchema = z.enum(['replaced', 'removed', 'unsigned']);
export type SummaryDrift = z.infer<typeof summaryDriftSchema>;

export const stageSchema = z.object({
  id: z.string(),
  name: z.string(),
  position: z.number().int(),
  repoPath: z.string(),
  mode: z.string(),
  collectionId: z.string().nullable(),
  overlapSeconds: z.number().int(),
  /** How long the commits of a ref that is removed stay. */
  retireGraceHours: z.number().int(),
  keys: z.array(stageKeySchema),
  refCount: z.number().int(),
  /** Why the repository can't be read at the moment; null while it can. */
  problem: z.string().nullable(),
  /** A promotion that was published here and is not on record: the database is older than the repository. */
  unknownRun: z.object({ promotion: z.number().int(), at: isoTimeSchema }).nullable(),
  /** null where the summary is the one that Treeline published, or it has published none. */
  summaryDrift: summaryDriftSchema.nullable(),
  summary: z
    .object({
      lastModified: isoTimeSchema.nullable(),
      refCount: z.number().int(),
      signatures: z.array(signatureSchema),
      /** Refs whose value in the summary differs from the ref file, or that are in one only. */
      isCurrent: z.boolean(),
    })
    .nullable(),
  lastPublishedAt: isoTimeSchema.nullable(),
});
export type StageDto = z.infer<typeof stageSchema>;

/** What a client needs: where to pull from and how to check signatures. */
export const stageClientSchema = z.object({
  url: z.string(),
  remoteAddCommand: z.string(),
  keyFiles: z.array(
    z.object({ type: keyTypeSchema, keyId: z.string(), fileName: z.string(), href: z.string() }),
  ),
});
export type StageClientDto = z.infer<typeof stageClientSchema>;

export const stagePageSchema = z.object({
  stage: stageSchema,
  refs: z.array(stageRefSchema),
  client: stageClientSchema,
  incoming: z.array(z.object({ id: z.string(), from: z.string(), to: z.string() })),
  outgoing: z.array(z.object({ id: z.string(), from: z.string(), to: z.string() })),
  /** What keeps it from being published to; null where nothing does, or nothing leads there. And what does so next. */
  freeze: freezeStateSchema.nullable(),
  nextFreeze: comingFreezeSchema.nullable(),
  /** Holds that stand on its refs, those that it has no longer among them. */
  holds: z.array(holdSchema),
  /** What removals left without a ref: first what is yet to be deleted, then the last that is over. */
  retirements: z.array(retirementSchema),
});
export type StagePageDto = z.infer<typeof stagePageSchema>;

export const edgeSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  mode: modeSchema,
  refGlobs: z.array(z.string()),
  renames: z.array(z.object({ from: z.string(), to: z.string() })),
  verifyObjects: z.boolean(),
  requireSourceHead: z.boolean(),
  approvalRules: z.array(approvalRuleSchema),
  approvalExpiryHours: z.number().int(),
  isApprovalShared: z.boolean(),
  /** How long a commit has to have been in the source stage; 0: not at all. */
  soakHours: z.number().int(),
  /** Whether its version has to be later than that of the target's head. */
  versionCheck: checkLevelSchema,
  /** Whether the target's head has to be among its ancestors. */
  fastForwardCheck: checkLevelSchema,
  /** Whether every object of the source commits has to be hashed in the source stage first. */
  sourceFsckCheck: checkLevelSchema,
  /** Checks that others make and report. */
  externalChecks: z.array(externalCheckSchema),
  /** Whose release managers may publish without approval; null: nobody. */
  emergencyGroup: z.string().nullable(),
  /** Within how many hours that has to be reviewed. */
  emergencyReviewHours: z.number().int(),
  /** Of the refs that it takes, those whose heads it promotes by itself. */
  automaticRefs: z.array(z.string()),
  /** Who approves those. */
  automaticApproval: automaticApprovalSchema,
  policyVersion: z.number().int(),
});
export type EdgeDto = z.infer<typeof edgeSchema>;

/** What looking at a repository found, before it becomes a stage. */
export const inspectionSchema = z.object({
  repoPath: z.string(),
  mode: z.string(),
  collectionId: z.string().nullable(),
  refs: z.array(z.object({ ref: z.string(), checksum: checksumSchema, isPromotable: z.boolean() })),
  commitSignatures: z.array(signatureSchema),
  summarySignatures: z.array(signatureSchema),
  hasSummary: z.boolean(),
  ownerUid: z.number().int(),
  isWritable: z.boolean(),
  freeBytes: sizeSchema,
  /** For each stage there is already: would a pull between the two link or copy, and why. */
  neighbours: z.array(z.object({ stage: z.string(), willLink: z.boolean(), why: z.string() })),
  /** `problem` stops it from being added; `warning` doesn't. */
  findings: z.array(z.object({ level: z.enum(['ok', 'warning', 'problem']), text: z.string() })),
});
export type InspectionDto = z.infer<typeof inspectionSchema>;

export const inspectRepositorySchema = z.strictObject({ repoPath: z.string().min(1).max(4096) });
export const addStageSchema = z.strictObject({
  name: stageNameSchema,
  repoPath: z.string().min(1).max(4096).startsWith('/', 'must be an absolute path'),
  position: z.number().int().min(0).max(999).optional(),
  overlapSeconds: z.number().int().min(0).max(3600).optional(),
  retireGraceHours: retireGraceHoursSchema.optional(),
});
export type AddStageInput = z.infer<typeof addStageSchema>;

export const addKeySchema = z.discriminatedUnion('action', [
  /** The signer makes a key pair and keeps the secret half. */
  z.strictObject({ action: z.literal('generate'), type: keyTypeSchema }),
  /** A public key whose signatures are accepted. ed25519: base64 text. gpg: ASCII-armoured public key. */
  z.strictObject({
    action: z.literal('trust'),
    type: keyTypeSchema,
    publicKey: z.string().min(1).max(200_000),
  }),
]);
export type AddKeyInput = z.infer<typeof addKeySchema>;

/** A glob over refs: `*` matches within a fragment, `**` across fragments. */
export const refGlobSchema = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[A-Za-z0-9_.*/-]+$/, 'is not a ref glob');
export const edgeInputSchema = z.strictObject({
  from: stageNameSchema,
  to: stageNameSchema,
  mode: modeSchema.optional(),
  refGlobs: z.array(refGlobSchema).min(1).max(50),
  renames: z
    .array(z.strictObject({ from: refNameSchema, to: refNameSchema }))
    .max(100)
    .optional(),
  verifyObjects: z.boolean().optional(),
  requireSourceHead: z.boolean().optional(),
  /** One reviewer who did not ask, unless told otherwise. */
  approvalRules: approvalRulesSchema.optional(),
  approvalExpiryHours: approvalExpiryHoursSchema.optional(),
  isApprovalShared: z.boolean().optional(),
  soakHours: soakHoursSchema.optional(),
  versionCheck: checkLevelSchema.optional(),
  fastForwardCheck: checkLevelSchema.optional(),
  sourceFsckCheck: checkLevelSchema.optional(),
  externalChecks: externalChecksSchema.optional(),
  emergencyGroup: groupNameSchema.nullable().optional(),
  emergencyReviewHours: emergencyReviewHoursSchema.optional(),
  automaticRefs: z.array(refGlobSchema).max(50).optional(),
  automaticApproval: automaticApprovalSchema.optional(),
});
export type EdgeInput = z.infer<typeof edgeInputSchema>;
