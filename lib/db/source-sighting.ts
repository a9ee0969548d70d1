import type { Reader, Transaction } from './client';

/** A commit of a ref in a source stage. */
export interface SourceCommit {
  ref: string;
  checksum: string;
}

/** How long a row is kept after another commit took its place, in milliseconds: twice the longest soak time. */
const keptMilliseconds = 60 * 24 * 3600 * 1000;

/**
 * Since when each commit is known to be in the stage: when Treeline put it there, adopted it or first saw it there as the
 * head of the ref, whichever is earliest; null where none of them happened. In the order of `commits`.
 */
export async function readSoakStarts(
  db: Reader,
  stageId: string,
  commits: readonly SourceCommit[],
): Promise<(Date | null)[]> {
  const refs = { in: commits.map(({ ref }) => ref) };
  const checksums = { in: commits.map(({ checksum }) => checksum) };
  const where = { stageId, ref: refs, checksum: checksums };
  const sightings = await db.sourceSighting.findMany({ where });
  const ledger = await db.ledgerRef.findMany({ where });
  return commits.map(({ ref, checksum }) => {
    const isIt = (row: SourceCommit) => row.ref === ref && row.checksum === checksum;
    const times = [
      ...sightings.filter(isIt).map(({ seenAt }) => seenAt.getTime()),
      ...ledger.filter(isIt).map(({ recordedAt }) => recordedAt.getTime()),
    ];
    return times.length === 0 ? null : new Date(Math.min(...times));
  });
}

/** Of `commits` those that were not seen in the stage before. */
export async function findUnseen(
  db: Reader,
  stageId: string,
  commits: readonly SourceCommit[],
): Promise<SourceCommit[]> {
  const refs = { in: commits.map(({ ref }) => ref) };
  const seen = await db.sourceSighting.findMany({ where: { stageId, ref: refs } });
  const known = new Set(seen.map(({ ref, checksum }) => `${checksum} ${ref}`));
  return commits.filter(({ ref, checksum }) => !known.has(`${checksum} ${ref}`));
}

/** Notes commits that are seen in the stage for the first time; what was seen before keeps its time. */
export async function insertSightings(
  tx: Transaction,
  stageId: string,
  commits: readonly SourceCommit[],
  seenAt: Date,
): Promise<void> {
  const cutoff = new Date(seenAt.getTime() - keptMilliseconds);
  for (const { ref, checksum } of await findUnseen(tx, stageId, commits)) {
    await tx.sourceSighting.create({ data: { stageId, ref, checksum, seenAt } });
    const last = await tx.sourceSighting.findFirst({
      where: { stageId, ref, seenAt: { lt: cutoff } },
      orderBy: { seenAt: 'desc' },
    });
    // What was followed by another one so long ago is waited for by nobody any more.
    if (last) await tx.sourceSighting.deleteMany({ where: { stageId, ref, seenAt: { lt: last.seenAt } } });
  }
}
