import { z } from 'zod';
import { checksumSchema, isoTimeSchema, signatureSchema, sizeSchema } from './scalars';

/** One commit in a list. */
export const commitRowSchema = z.object({
  checksum: checksumSchema,
  parent: checksumSchema.nullable(),
  timestamp: isoTimeSchema,
  subject: z.string(),
  version: z.string().nullable(),
  signatures: z.array(signatureSchema),
  /** Refs of stages whose head this commit is, or whose history it is part of. */
  standsOn: z.array(z.object({ stage: z.string(), ref: z.string(), isHead: z.boolean() })),
});
export type CommitRowDto = z.infer<typeof commitRowSchema>;

/** A commit that a ref was at before, and that is whole in its stage: what a rollback may go back to. */
export const formerCommitSchema = z.object({
  checksum: checksumSchema,
  version: z.string().nullable(),
  subject: z.string(),
  timestamp: isoTimeSchema,
  /** Whether it is in the history of the head; else a promotion put it there, or replaced it there. */
  isAncestor: z.boolean(),
  /** The last promotion that put it there or replaced it there; null where none is known. */
  promotion: z.number().int().nullable(),
});
export type FormerCommitDto = z.infer<typeof formerCommitSchema>;

/** What a ref of a stage can go back to, and under the rules of which edges. */
export const formerCommitsSchema = z.object({
  stage: z.string(),
  ref: z.string(),
  head: formerCommitSchema.pick({ checksum: true, version: true, subject: true, timestamp: true }),
  /** Edges that lead into the stage and could bring the ref. */
  edges: z.array(z.object({ id: z.string(), from: z.string(), to: z.string() })),
  /** Newest first, those of the history before the others. */
  items: z.array(formerCommitSchema),
  /** There are more than were asked for. */
  hasMore: z.boolean(),
});
export type FormerCommitsDto = z.infer<typeof formerCommitsSchema>;

/** More than anybody goes back at once; of each kind. */
export const FORMER_COMMITS_MAX = 100;

/** Which of them: all, or only those that are not in the history of the ref; and how many of each kind. */
export const listFormerSchema = z.object({
  isAncestor: z.literal('false').optional(),
  limit: z.coerce.number().int().min(1).max(FORMER_COMMITS_MAX).optional(),
});
export type ListFormerInput = z.infer<typeof listFormerSchema>;

/** `value` is GVariant text of the metadata value, cut at 2,000 characters. */
export const metadataRowSchema = z.object({ key: z.string(), type: z.string(), value: z.string() });

export const commitSchema = commitRowSchema.extend({
  stage: z.string(),
  body: z.string(),
  contentChecksum: checksumSchema,
  rootDirtree: checksumSchema,
  rootDirmeta: checksumSchema,
  refBindings: z.array(z.string()).nullable(),
  collectionBinding: z.string().nullable(),
  isPartial: z.boolean(),
  metadata: z.array(metadataRowSchema),
});
export type CommitDto = z.infer<typeof commitSchema>;

export const treeEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  type: z.enum(['file', 'directory', 'symlink']),
  /** Octal with type bits, as `ostree ls` shows it: 0100644. */
  mode: z.string(),
  uid: z.number().int(),
  gid: z.number().int(),
  size: sizeSchema.nullable(),
  checksum: checksumSchema,
  target: z.string().nullable(),
});
export type TreeEntryDto = z.infer<typeof treeEntrySchema>;
export const treeSchema = z.object({
  checksum: checksumSchema,
  path: z.string(),
  entries: z.array(treeEntrySchema),
  isTruncated: z.boolean(),
});
export type TreeDto = z.infer<typeof treeSchema>;

/** A file's content for showing: text if it is UTF-8 without NUL and not above 256 KiB, else null. */
export const fileSchema = z.object({
  checksum: checksumSchema,
  path: z.string(),
  entry: treeEntrySchema,
  text: z.string().nullable(),
  whyNoText: z.string().nullable(),
});
export type FileDto = z.infer<typeof fileSchema>;

export const diffRowSchema = z.object({
  path: z.string(),
  change: z.enum(['added', 'removed', 'modified']),
  kind: z.enum(['file', 'directory', 'symlink']),
  fromSize: sizeSchema.nullable(),
  toSize: sizeSchema.nullable(),
  fromMode: z.string().nullable(),
  toMode: z.string().nullable(),
  fromChecksum: checksumSchema.nullable(),
  toChecksum: checksumSchema.nullable(),
});
export type DiffRowDto = z.infer<typeof diffRowSchema>;

/** Debian packages by /var/lib/dpkg/status or /usr/lib/dpkg/status of both trees; null where neither has one. */
export const packageRowSchema = z.object({
  name: z.string(),
  fromVersion: z.string().nullable(),
  toVersion: z.string().nullable(),
});
export type PackageRowDto = z.infer<typeof packageRowSchema>;

/** One line of a text diff. */
export const textDiffLineSchema = z.object({
  kind: z.enum(['context', 'added', 'removed', 'skip']),
  fromLine: z.number().int().nullable(),
  toLine: z.number().int().nullable(),
  text: z.string(),
});
export type TextDiffLineDto = z.infer<typeof textDiffLineSchema>;
export const fileDiffSchema = z.object({
  path: z.string(),
  lines: z.array(textDiffLineSchema).nullable(),
  whyNoText: z.string().nullable(),
});
export type FileDiffDto = z.infer<typeof fileDiffSchema>;

export const compareSchema = z.object({
  from: commitRowSchema.nullable(),
  to: commitRowSchema,
  counts: z.object({
    added: z.number().int(),
    removed: z.number().int(),
    modified: z.number().int(),
  }),
  /** Decimal, may be negative: bytes of file content in `to` less those in `from`. */
  sizeChange: z.string().regex(/^-?\d+$/),
  rows: z.array(diffRowSchema),
  isTruncated: z.boolean(),
  packages: z.array(packageRowSchema).nullable(),
});
export type CompareDto = z.infer<typeof compareSchema>;
