import { randomUUID } from 'node:crypto';
import type { HoldOrigin, HoldScope } from '../contracts/hold';
import type { Reader, Transaction } from './client';
import type { Hold, Stage } from './generated/client';

export type HoldRow = Hold;
export type HoldWithStage = Hold & { stage: Stage };

/** Holds that stand, of one stage or all, by stage and ref. */
export async function findAllHolds(db: Reader, stageId: string | null = null): Promise<HoldWithStage[]> {
  const where = { activeKey: { not: null }, ...(stageId !== null && { stageId }) };
  const rows = await db.hold.findMany({ where, include: { stage: true }, orderBy: { setAt: 'asc' } });
  // A database sorts texts as it likes.
  return rows.toSorted(
    (a, b) => a.stage.position - b.stage.position || (a.ref < b.ref ? -1 : +(a.ref > b.ref)),
  );
}

/**
 * Holds of either scope that stand on these refs of a stage, oldest first. Any of them holds off automatic promotion; one of
 * the scope `every` all promotions.
 */
export function findHolds(db: Reader, stageId: string, refs: readonly string[]): Promise<HoldRow[]> {
  return db.hold.findMany({
    where: { stageId, ref: { in: [...refs] }, activeKey: { not: null } },
    orderBy: [{ setAt: 'asc' }, { id: 'asc' }],
  });
}

export function findHoldById(db: Reader, id: string): Promise<HoldWithStage | null> {
  return db.hold.findUnique({ where: { id }, include: { stage: true } });
}

export interface NewHold {
  stageId: string;
  ref: string;
  scope: HoldScope;
  origin: HoldOrigin;
  promotionNumber: number | null;
  reason: string;
  setBy: string;
  setAt: Date;
}

const activeKeyOf = ({ stageId, ref, origin }: Pick<NewHold, 'stageId' | 'ref' | 'origin'>) =>
  `${stageId}:${ref}:${origin}`;

/** The hold of this origin that stands on the ref; null where there is none. */
export function findHoldOf(
  db: Reader,
  of: Pick<NewHold, 'stageId' | 'ref' | 'origin'>,
): Promise<HoldRow | null> {
  return db.hold.findUnique({ where: { activeKey: activeKeyOf(of) } });
}

/** Sets a hold. The database refuses a second one of the same origin on the same ref. */
export function insertHold(tx: Transaction, hold: NewHold): Promise<HoldWithStage> {
  return tx.hold.create({
    data: { id: randomUUID(), ...hold, activeKey: activeKeyOf(hold) },
    include: { stage: true },
  });
}

/** Lifts a hold for good. @returns whether it stood until now */
export async function liftHoldRow(
  tx: Transaction,
  id: string,
  lifted: { liftedBy: string; liftedAt: Date; liftReason: string },
): Promise<boolean> {
  const where = { id, activeKey: { not: null } };
  const { count } = await tx.hold.updateMany({ where, data: { ...lifted, activeKey: null } });
  return count === 1;
}
