import { randomUUID } from 'node:crypto';
import {
  type RetiredRef,
  type RetirementCounts,
  retiredCommitsSchema,
  retiredRefsSchema,
  retirementCountsSchema,
} from '../contracts/retirement';
import type { Reader, Transaction } from './client';
import type { Retirement, Stage, StageKey } from './generated/client';

export type RetirementRow = Retirement;
export type RetirementWithStage = Retirement & { stage: Stage & { keys: StageKey[] } };

const withStage = { stage: { include: { keys: true } } };

/** The refs that were removed, with the heads that they had. */
export function retiredRefs({ refsJson }: Pick<RetirementRow, 'refsJson'>): RetiredRef[] {
  return retiredRefsSchema.parse(JSON.parse(refsJson));
}

/** What a worker found may go, before the first of it went; null where none has begun. */
export function retiredCommits({ commitsJson }: Pick<RetirementRow, 'commitsJson'>): string[] | null {
  return commitsJson === null ? null : retiredCommitsSchema.parse(JSON.parse(commitsJson));
}

/** What it deletes, from the moment that it begins; null before. */
export function retirementCounts({ resultJson }: Pick<RetirementRow, 'resultJson'>): RetirementCounts | null {
  return resultJson === null ? null : retirementCountsSchema.parse(JSON.parse(resultJson));
}

export interface NewRetirement {
  stageId: string;
  promotionNumber: number;
  refs: RetiredRef[];
  removedAt: Date;
  dueAt: Date;
}

/** Notes what is to be deleted, and when. */
export async function insertRetirement(tx: Transaction, { refs, ...rest }: NewRetirement): Promise<void> {
  const refsJson = JSON.stringify(retiredRefsSchema.parse(refs));
  await tx.retirement.create({ data: { id: randomUUID(), ...rest, refsJson, state: 'waiting' } });
}

/** Those whose time has come or that somebody has begun, in the order in which they were due. */
export function findDueRetirements(db: Reader, now: Date): Promise<RetirementWithStage[]> {
  return db.retirement.findMany({
    where: {
      OR: [{ state: 'waiting', dueAt: { lte: now } }, { state: 'deleting' }],
      AND: { OR: [{ retryAt: null }, { retryAt: { lte: now } }] },
    },
    include: withStage,
    orderBy: { dueAt: 'asc' },
  });
}

/** Of one stage or all: first those that are yet to be done, by when they are due, then the last that are over. */
export async function findRetirements(
  db: Reader,
  stageId: string | null,
  { overMax }: { overMax: number },
): Promise<RetirementWithStage[]> {
  const of = stageId === null ? {} : { stageId };
  const [open, over] = await Promise.all([
    db.retirement.findMany({
      where: { ...of, state: { in: ['waiting', 'deleting'] } },
      include: withStage,
      orderBy: [{ dueAt: 'asc' }, { promotionNumber: 'asc' }],
    }),
    db.retirement.findMany({
      where: { ...of, state: { in: ['done', 'stopped'] } },
      include: withStage,
      orderBy: [{ endedAt: 'desc' }, { promotionNumber: 'desc' }],
      take: overMax,
    }),
  ]);
  return [...open, ...over];
}

export function findRetirementById(db: Reader, id: string): Promise<RetirementWithStage | null> {
  return db.retirement.findUnique({ where: { id }, include: withStage });
}

/** Keeps the commits for good. @returns whether nothing of them had begun to go */
export async function stopRetirementRow(
  tx: Transaction,
  id: string,
  stopped: { stoppedBy: string; stopReason: string; endedAt: Date },
): Promise<boolean> {
  const { count } = await tx.retirement.updateMany({
    where: { id, state: 'waiting' },
    data: { ...stopped, state: 'stopped', errorMessage: null, retryAt: null },
  });
  return count === 1;
}

/**
 * Notes what is about to be deleted, right before the first of it goes.
 * @returns whether that is still to be done
 */
export async function beginRetirement(
  tx: Transaction,
  id: string,
  { commits, counts }: { commits: readonly string[]; counts: RetirementCounts },
): Promise<boolean> {
  const { count } = await tx.retirement.updateMany({
    where: { id, state: 'waiting' },
    data: {
      state: 'deleting',
      commitsJson: JSON.stringify(commits),
      resultJson: JSON.stringify(retirementCountsSchema.parse(counts)),
    },
  });
  return count === 1;
}

/** @returns whether it was not over yet */
export async function endRetirement(
  tx: Transaction,
  id: string,
  { counts, endedAt }: { counts: RetirementCounts; endedAt: Date },
): Promise<boolean> {
  const { count } = await tx.retirement.updateMany({
    where: { id, state: { in: ['waiting', 'deleting'] } },
    data: {
      state: 'done',
      resultJson: JSON.stringify(retirementCountsSchema.parse(counts)),
      endedAt,
      errorMessage: null,
      retryAt: null,
    },
  });
  return count === 1;
}

/** Notes what kept a worker from it, and when it is tried again. */
export async function noteRetirementProblem(
  db: Reader,
  id: string,
  { errorMessage, retryAt }: { errorMessage: string | null; retryAt: Date },
): Promise<void> {
  await db.retirement.updateMany({
    where: { id, state: { in: ['waiting', 'deleting'] } },
    data: { errorMessage, retryAt },
  });
}
