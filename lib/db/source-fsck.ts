import { isWithinStage } from '../contracts/promotion';
import type { FsckedRef } from '../promotion/check-source-fsck';
import { parsePlan } from '../promotion/plan-checksum';
import type { Reader } from './client';
import type { SourceFsck } from './generated/client';

type SourceFsckRow = SourceFsck;

/** What hashing every object of the source commits of a plan found; null where it was not done yet. */
export async function readFsckedRefs(
  db: Reader,
  stageId: string,
  refs: readonly { targetRef: string; sourceChecksum: string }[],
): Promise<FsckedRef[]> {
  const rows = await findSourceFscks(
    db,
    stageId,
    refs.map(({ sourceChecksum }) => sourceChecksum),
  );
  const done = new Map(rows.map((row) => [row.checksum, row]));
  return refs.map(({ targetRef, sourceChecksum }) => ({
    targetRef,
    fsck: done.get(sourceChecksum) ?? null,
  }));
}

function findSourceFscks(
  db: Reader,
  stageId: string,
  checksums: readonly string[],
): Promise<SourceFsckRow[]> {
  return db.sourceFsck.findMany({ where: { stageId, checksum: { in: [...checksums] } } });
}

/** Notes what was found of one commit, in the place of what was found before. */
export async function upsertSourceFsck(db: Reader, row: SourceFsckRow): Promise<void> {
  const { stageId, checksum, ...rest } = row;
  await db.sourceFsck.upsert({
    where: { stageId_checksum: { stageId, checksum } },
    create: row,
    update: rest,
  });
}

/** A commit whose objects are to be hashed in its stage. */
export interface CommitToFsck {
  checksum: string;
  stage: { id: string; name: string; repoPath: string; repoDev: string; repoIno: string };
}

/**
 * The next source commit of a promotion that waits for approval or for its run, along an edge that asks for it: one that
 * was not looked at yet, or was damaged when it was looked at before `before`. Null where there is none.
 */
export async function findCommitToFsck(db: Reader, before: Date): Promise<CommitToFsck | null> {
  const promotions = await db.promotion.findMany({
    where: {
      state: { in: ['requested', 'approved'] },
      edge: { sourceFsckCheck: { in: ['advisory', 'required'] } },
    },
    include: { refs: true, edge: { include: { from: true } } },
    orderBy: { number: 'asc' },
  });
  for (const { refs, edge, planJson } of promotions) {
    // Its run hashes all that it goes back to.
    if (isWithinStage(parsePlan(planJson))) continue;
    const checksums = refs.map(({ sourceChecksum }) => sourceChecksum);
    const done = await findSourceFscks(db, edge.fromStageId, checksums);
    const isDone = (checksum: string) =>
      done.some((row) => row.checksum === checksum && (row.damage === null || row.checkedAt >= before));
    const checksum = checksums.find((each) => !isDone(each));
    if (checksum !== undefined) return { checksum, stage: edge.from };
  }
  return null;
}
