import type { PromotionState } from '../contracts/promotion';
import type { Reader, Transaction } from './client';
import type {
  Approval,
  ApprovalVoid,
  Edge,
  EmergencyReview,
  Person,
  Promotion,
  PromotionRef,
  Run,
  RunCancel,
  RunStep,
  Stage,
} from './generated/client';

export type ApprovalRow = Approval;

/** A person or a program's account as a promotion names it: no password comes along. */
export type NamedPerson = Pick<Person, 'id' | 'name' | 'displayName' | 'role'>;
const named = { select: { id: true, name: true, displayName: true, role: true } };

export type FullApproval = Approval & { reviewer: NamedPerson; voided: ApprovalVoid | null };

/** A promotion with all that its page shows. */
export type FullPromotion = Promotion & {
  edge: Edge & { from: Stage; to: Stage };
  requester: NamedPerson;
  refs: PromotionRef[];
  approvals: FullApproval[];
  runs: (Run & { steps: RunStep[]; cancel: RunCancel | null })[];
  reviews: (EmergencyReview & { reviewer: NamedPerson })[];
};

const full = {
  edge: { include: { from: true, to: true } },
  requester: named,
  refs: { orderBy: { targetRef: 'asc' as const } },
  approvals: {
    include: { reviewer: named, voided: true },
    orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }],
  },
  runs: {
    include: { steps: { orderBy: { position: 'asc' as const } }, cancel: true },
    orderBy: { attempt: 'asc' as const },
  },
  reviews: {
    include: { reviewer: named },
    orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }],
  },
};

export function findPromotion(db: Reader, number: number): Promise<FullPromotion | null> {
  return db.promotion.findUnique({ where: { number }, include: full });
}

export function findPromotionByIdempotencyKey(db: Reader, key: string): Promise<FullPromotion | null> {
  return db.promotion.findUnique({ where: { idempotencyKey: key }, include: full });
}

/**
 * Something that differs whenever the promotion, its runs or their steps do. Every change of state has its audit event;
 * the progress of a step is a row of its own.
 */
export async function readPromotionMark(db: Reader, number: number): Promise<string> {
  const event = await db.auditEvent.aggregate({ where: { promotionNumber: number }, _max: { seq: true } });
  const runs = await db.run.findMany({
    where: { promotion: { number } },
    select: { state: true, retryAt: true, steps: { select: { state: true, progressJson: true } } },
    orderBy: { attempt: 'asc' },
  });
  return JSON.stringify([event._max.seq, runs]);
}

export interface PromotionFilter {
  states?: readonly PromotionState[];
  /** Name of a stage at either end of the edge. */
  stageName?: string;
  /** Only promotions with a lower number. */
  beforeNumber?: number;
}

/** Promotions, newest first. */
export function findPromotions(db: Reader, filter: PromotionFilter, take: number): Promise<FullPromotion[]> {
  const { states, stageName, beforeNumber } = filter;
  return db.promotion.findMany({
    where: {
      ...(states !== undefined && { state: { in: [...states] } }),
      ...(stageName !== undefined && {
        edge: { OR: [{ from: { name: stageName } }, { to: { name: stageName } }] },
      }),
      ...(beforeNumber !== undefined && { number: { lt: beforeNumber } }),
    },
    include: full,
    orderBy: { number: 'desc' },
    take,
  });
}

/** Open promotions that write one of `targetRefs` into the stage, newest first. */
export function findOpenPromotionsInto(
  db: Reader,
  toStageId: string,
  targetRefs: readonly string[],
  states: readonly PromotionState[],
): Promise<(Promotion & { refs: PromotionRef[] })[]> {
  return db.promotion.findMany({
    where: {
      state: { in: [...states] },
      edge: { toStageId },
      refs: { some: { targetRef: { in: [...targetRefs] } } },
    },
    include: { refs: true },
    orderBy: { number: 'desc' },
  });
}

/** Open promotions that take a ref from the stage, newest first. */
export function findOpenPromotionsFrom(
  db: Reader,
  fromStageId: string,
  sourceRef: string,
  states: readonly PromotionState[],
): Promise<{ number: number }[]> {
  return db.promotion.findMany({
    where: { state: { in: [...states] }, edge: { fromStageId }, refs: { some: { sourceRef } } },
    select: { number: true, planJson: true },
    orderBy: { number: 'desc' },
  });
}

/** Promotions that match, oldest first. */
export function findFullPromotions(db: Reader, where: object): Promise<FullPromotion[]> {
  return db.promotion.findMany({ where, include: full, orderBy: { number: 'asc' } });
}

/** Promotions in one of `states`, along one edge or all, oldest first. */
export function findPromotionsIn(
  db: Reader,
  states: readonly PromotionState[],
  edgeId: string | null = null,
): Promise<FullPromotion[]> {
  return findFullPromotions(db, { state: { in: [...states] }, ...(edgeId !== null && { edgeId }) });
}

export type NewPromotion = Omit<Promotion, 'endedAt' | 'replannedById' | 'supersededBy' | 'reviewedAt'>;
export type NewPromotionRef = Omit<PromotionRef, 'promotionId'>;

export async function insertPromotion(
  tx: Transaction,
  row: NewPromotion,
  refs: readonly NewPromotionRef[],
): Promise<void> {
  await tx.promotion.create({ data: { ...row, refs: { create: [...refs] } } });
}

/**
 * Changes the promotion if it is still in `from`: two who decide at once don't both succeed.
 * @returns whether it was
 */
export async function movePromotion(
  tx: Transaction,
  id: string,
  from: PromotionState,
  to: PromotionState,
  times: { decidedAt?: Date | null; endedAt?: Date | null } = {},
): Promise<boolean> {
  const { count } = await tx.promotion.updateMany({
    where: { id, state: from },
    data: { state: to, ...times },
  });
  return count === 1;
}

/** Notes which newer request has taken the place of this one. */
export async function noteSuperseded(tx: Transaction, id: string, by: number): Promise<void> {
  await tx.promotion.update({ where: { id }, data: { supersededBy: by } });
}

/** Gives the promotion another plan, made by whom, and the refs of that plan. */
export async function replacePlan(
  tx: Transaction,
  id: string,
  plan: Pick<Promotion, 'planJson' | 'planChecksum' | 'factsJson' | 'replannedById'>,
  refs: readonly NewPromotionRef[],
): Promise<void> {
  await tx.promotionRef.deleteMany({ where: { promotionId: id } });
  await tx.promotion.update({ where: { id }, data: { ...plan, refs: { create: [...refs] } } });
}

export async function insertApproval(tx: Transaction, row: ApprovalRow): Promise<void> {
  await tx.approval.create({ data: row });
}

/** Declares decisions void, for ever. */
export async function insertApprovalVoids(
  tx: Transaction,
  rows: readonly { approvalId: string; why: string; at: Date }[],
): Promise<void> {
  for (const row of rows) await tx.approvalVoid.create({ data: row });
}

/** What was asked for by these numbers: who, by the name that pages show, and what stood beside the plan. */
export async function findAskedFor(
  db: Reader,
  numbers: readonly number[],
): Promise<Map<number, { requester: string; factsJson: string }>> {
  const rows = await db.promotion.findMany({
    where: { number: { in: [...new Set(numbers)] } },
    select: { number: true, factsJson: true, requester: { select: { displayName: true } } },
  });
  return new Map(
    rows.map(({ number, factsJson, requester }) => [number, { factsJson, requester: requester.displayName }]),
  );
}

/** Who asked for these promotions, by the name that pages show. */
export async function findRequesters(db: Reader, numbers: readonly number[]): Promise<Map<number, string>> {
  const rows = await db.promotion.findMany({
    where: { number: { in: [...new Set(numbers)] } },
    select: { number: true, requester: { select: { displayName: true } } },
  });
  return new Map(rows.map(({ number, requester }) => [number, requester.displayName]));
}

/** How many promotions there are in each state; states without any are left out. */
export async function countPromotionsByState(db: Reader): Promise<Map<string, number>> {
  const groups = await db.promotion.groupBy({ by: ['state'], _count: { _all: true } });
  return new Map(groups.map((group) => [group.state, group._count._all]));
}
