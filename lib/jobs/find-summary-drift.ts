import { z } from 'zod';
import type { SummaryDrift } from '../contracts/stage';
import type { Reader } from '../db/client';
import type { StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import { sha256 } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { readSummary, type StoredSummary } from '../ostree/repo/read-summary';

const publishedSchema = z.object({ summary: z.string().nullable() });

/**
 * What others made of the summary that was published into a stage last, by what the history says of it; null where it is
 * still that one, or none is on record. Not to be asked while a run publishes another.
 */
export async function findSummaryDrift(
  db: Reader,
  stage: Pick<StageWithKeys, 'name' | 'keys'>,
  repo: Repo,
): Promise<SummaryDrift | null> {
  const where = { stageName: stage.name, kind: 'run.published' };
  const event = await db.auditEvent.findFirst({ where, orderBy: { seq: 'desc' } });
  const known = event && publishedSchema.parse(JSON.parse(event.dataJson)).summary;
  if (event === null || known === null) return null;
  const stored = readStored(repo);
  if (stored === null) return 'removed';
  if (stored === 'damaged' || sha256(stored.bytes) !== known) return 'replaced';
  // A key that came later signs the next one.
  const isSigned = stage.keys.some(
    (key) => key.purpose === 'sign' && key.retiredAt === null && key.createdAt < event.at,
  );
  return isSigned && stored.signatureBytes === null ? 'unsigned' : null;
}

function readStored(repo: Repo): StoredSummary | 'damaged' | null {
  try {
    return readSummary(repo);
  } catch (error) {
    if (isAppError(error, 'ostree/summary-invalid')) return 'damaged';
    throw error;
  }
}
