import { z } from 'zod';
import { checksumSchema, refNameSchema } from '../contracts/scalars';
import { AppError } from '../errors';
import type { Repo } from '../ostree/repo/open-repo';
import { readWholeFile } from '../ostree/repo/read-whole-file';

/** In the root of a target: which run was published into it last, by the repository's own word. */
export const lastRunFile = '.treeline-last-run.json';
const bytesMax = 4 * 1024 * 1024;

const lastRunSchema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  promotionNumber: z.number().int().positive(),
  attempt: z.number().int().positive(),
  refs: z.array(z.strictObject({ ref: refNameSchema, to: checksumSchema })),
  /** The event that says so in the audit log, and its hash. */
  eventSeq: z.number().int().positive(),
  eventHash: checksumSchema,
  recordedAt: z.iso.datetime(),
});

/** What a target remembers of the run that was recorded last: it tells a database that is older than the repository. */
export type LastRun = z.infer<typeof lastRunSchema>;

export function serializeLastRun(run: LastRun): Uint8Array {
  return Buffer.from(JSON.stringify(lastRunSchema.parse(run)));
}

/**
 * The run that was published into the repository last; null where there was none yet.
 *
 * @throws AppError `target-damaged` where the file is not one that this version understands
 */
export function readLastRun(repo: Repo): LastRun | null {
  const bytes = readWholeFile(
    repo.fs,
    `${repo.root}/${lastRunFile}`,
    bytesMax,
    `${lastRunFile} of ${repo.path}`,
  );
  if (bytes === null) return null;
  try {
    return lastRunSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new AppError('target-damaged', `${lastRunFile} in ${repo.path} can't be understood; look at it`, {
      details: { path: repo.path },
      cause,
    });
  }
}
