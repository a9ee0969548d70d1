import { z } from 'zod';
import type { SummaryDrift } from '../contracts/stage';
import type { Reader } from '../db/client';
import type { StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import { sha256 } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { readSummary, type StoredSummary } from '../ostree/repo/read-summary';

const publishedSchema = z.object({ summary: z.string().nullable() });

/** What lies in the place of a summary: it, none, or bytes that are none. */
export type FoundSummary = StoredSummary | 'damaged' | null;

/**
 * What others made of the summary that was published into a stage last, by what the history says of it; null where it is
 * still that one, or none is on record. Not to be asked while a run publishes another.
 */
export async function findSummaryDrift(
  db: Reader,
  stage: Pick<StageWithKeys, 'name' | 'keys'>,
  found: FoundSummary,
): Promise<SummaryDrift | null> {
  const where = { stageName: stage.name, kind: 'run.published' };
  const event = await db.auditEvent.findFirst({ where, orderBy: { seq: 'desc' } });
  const known = event && publishedSchema.parse(JSON.parse(event.dataJson)).summary;
  if (event === null || known === null) return null;
  if (found === null) return 'removed';
  if (found === 'damaged' || sha256(found.bytes) !== known) return 'replaced';
  // A key that came later signs the next one.
  const isSigned = stage.keys.some(
    (key) => key.purpose === 'sign' && key.retiredAt === null && key.createdAt < event.at,
  );
  return isSigned && found.signatureBytes === null ? 'unsigned' : null;
}

/** @throws AppError where it can't be read; what is no summary is `damaged` */
export function findSummary(repo: Repo): FoundSummary {
  try {
    return readSummary(repo);
  } catch (error) {
    if (isAppError(error, 'ostree/summary-invalid')) return 'damaged';
    throw error;
  }
}
