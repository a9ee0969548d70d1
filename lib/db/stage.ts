import type { Reader, Transaction } from './client';
import type { LedgerRef, Stage, StageKey } from './generated/client';

export type StageRow = Stage;
export type StageKeyRow = StageKey;
export type LedgerRefRow = LedgerRef;
export type StageWithKeys = Stage & { keys: StageKey[] };

const byPosition = [{ position: 'asc' as const }, { name: 'asc' as const }];
const withKeys = { keys: { orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }] } };

/** All stages in the order of the pipeline. */
export function findStages(db: Reader): Promise<StageWithKeys[]> {
  return db.stage.findMany({ orderBy: byPosition, include: withKeys });
}

export function findStageByName(db: Reader, name: string): Promise<StageWithKeys | null> {
  return db.stage.findUnique({ where: { name }, include: withKeys });
}

export function findStageById(db: Reader, id: string): Promise<StageWithKeys | null> {
  return db.stage.findUnique({ where: { id }, include: withKeys });
}

export function insertStage(tx: Transaction, row: StageRow): Promise<StageWithKeys> {
  return tx.stage.create({ data: row, include: withKeys });
}

export type StageChange = Partial<
  Pick<StageRow, 'position' | 'overlapSeconds' | 'retireGraceHours' | 'repoDev' | 'repoIno'>
>;

export function updateStageRow(tx: Transaction, id: string, change: StageChange): Promise<StageWithKeys> {
  return tx.stage.update({ where: { id }, data: change, include: withKeys });
}

export function insertStageKey(tx: Transaction, row: StageKeyRow): Promise<StageKeyRow> {
  return tx.stageKey.create({ data: row });
}

/** Turns a trusted key into one that signs, or gives it its public half anew. */
export function updateStageKeyRow(
  tx: Transaction,
  id: string,
  change: { purpose?: 'sign' | 'trust'; publicKey?: string; retiredAt?: Date | null },
): Promise<StageKeyRow> {
  return tx.stageKey.update({ where: { id }, data: change });
}

/** What Treeline knows the refs of a stage to be. */
export function findLedger(db: Reader, stageId: string): Promise<LedgerRefRow[]> {
  return findLedgers(db, [stageId]);
}

/** The same of several stages. */
export function findLedgers(db: Reader, stageIds: readonly string[]): Promise<LedgerRefRow[]> {
  return db.ledgerRef.findMany({ where: { stageId: { in: [...stageIds] } }, orderBy: { ref: 'asc' } });
}

export interface LedgerEntry {
  id: string;
  stageId: string;
  ref: string;
  checksum: string;
  /** `adopted` or `promotion`. */
  origin: 'adopted' | 'promotion';
  promotionNumber: number | null;
  recordedAt: Date;
  /** When every object below the commit was verified; null, the default, where none was. */
  verifiedAt?: Date | null;
}

/** Notes what a ref is from now on. */
export async function upsertLedgerRef(tx: Transaction, entry: LedgerEntry): Promise<void> {
  const { id, stageId, ref, verifiedAt = null, ...fields } = entry;
  // Always set: what was verified of another commit says nothing of this one.
  const rest = { ...fields, verifiedAt };
  await tx.ledgerRef.upsert({
    where: { stageId_ref: { stageId, ref } },
    create: { id, stageId, ref, ...rest },
    update: rest,
  });
}

/** Forgets a ref that is gone from the repository. */
export async function deleteLedgerRef(tx: Transaction, stageId: string, ref: string): Promise<void> {
  await tx.ledgerRef.deleteMany({ where: { stageId, ref } });
}
