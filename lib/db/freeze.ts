import { type OverriddenWindow, overriddenWindowsSchema } from '../contracts/freeze';
import { type Freeze, type FrozenBy, findFreeze } from '../promotion/freeze/find-freeze';
import type { FreezeTimes, FreezeWindow } from '../promotion/freeze/freeze-window';
import type { Reader, Transaction } from './client';
import type { FreezeOverride, FreezeWindow as FreezeWindowRow, Stage } from './generated/client';

export type { FreezeWindowRow };
export type FreezeWindowWithStage = FreezeWindowRow & { stage: Stage | null };
export type FreezeOverrideRow = FreezeOverride;

/** Windows that have not been removed, by name. */
export async function findFreezeWindows(db: Reader): Promise<FreezeWindowWithStage[]> {
  const rows = await db.freezeWindow.findMany({ where: { removedAt: null }, include: { stage: true } });
  // A database sorts texts as it likes.
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Windows that concern the stage: its own, and those for all. */
export function findFreezeWindowsOf(db: Reader, stageId: string): Promise<FreezeWindowRow[]> {
  return db.freezeWindow.findMany({ where: { removedAt: null, OR: [{ stageId }, { stageId: null }] } });
}

/** The window, unless it was removed. */
export function findFreezeWindowById(db: Reader, id: string): Promise<FreezeWindowWithStage | null> {
  return db.freezeWindow.findFirst({ where: { id, removedAt: null }, include: { stage: true } });
}

export async function insertFreezeWindow(tx: Transaction, row: FreezeWindowRow): Promise<void> {
  await tx.freezeWindow.create({ data: row });
}

/** Changes the window unless someone else did since `version`, which goes up. @returns whether it was changed */
export async function updateFreezeWindow(
  tx: Transaction,
  { id, version }: Pick<FreezeWindowRow, 'id' | 'version'>,
  change: Partial<Omit<FreezeWindowRow, 'id' | 'version'>>,
): Promise<boolean> {
  const { count } = await tx.freezeWindow.updateMany({
    where: { id, version, removedAt: null },
    data: { ...change, version: version + 1 },
  });
  return count === 1;
}

/** The times of a row, as the rules take them. */
export function freezeTimesOf(row: FreezeWindowRow): FreezeTimes {
  return { start: row.startWall, end: row.endWall, timeZone: row.timeZone, rule: row.rule };
}

/** A row as the rules take it. */
export function freezeWindowOf(row: FreezeWindowRow): FreezeWindow {
  return { ...freezeTimesOf(row), id: row.id, name: row.name, reason: row.reason, version: row.version };
}

export async function insertFreezeOverride(tx: Transaction, row: FreezeOverrideRow): Promise<void> {
  await tx.freezeOverride.create({ data: row });
}

/** Overrides of a promotion, oldest first. */
export function findFreezeOverrides(db: Reader, promotionId: string): Promise<FreezeOverrideRow[]> {
  return db.freezeOverride.findMany({
    where: { promotionId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
}

/** Withdraws the overrides of a promotion, for ever. @returns those that counted until now */
export async function withdrawFreezeOverrides(
  tx: Transaction,
  promotionId: string,
  how: { withdrawnAt: Date; withdrawnBy: string | null; withdrawReason: string | null },
): Promise<FreezeOverrideRow[]> {
  const where = { promotionId, withdrawnAt: null };
  const rows = await tx.freezeOverride.findMany({ where });
  await tx.freezeOverride.updateMany({ where, data: how });
  return rows;
}

/** The windows that an override is for. */
export function overriddenWindows(row: Pick<FreezeOverrideRow, 'windowsJson'>): OverriddenWindow[] {
  return overriddenWindowsSchema.parse(JSON.parse(row.windowsJson));
}

/** Whether an override counts for this plan. */
export function isOverrideOf(override: FreezeOverrideRow, planChecksum: string): boolean {
  return override.withdrawnAt === null && override.planChecksum === planChecksum;
}

/** Whether one of these overrides is for that time of that window, as the window is now, and for this plan. */
export function isOverridden(overrides: readonly FreezeOverrideRow[], planChecksum: string) {
  const windows = overrides.filter((each) => isOverrideOf(each, planChecksum)).flatMap(overriddenWindows);
  return ({ window, from }: FrozenBy): boolean =>
    windows.some((each) => each.id === window.id && each.version === window.version && each.from === from);
}

/** What of a promotion decides whether a freeze stops it. */
export interface FreezeSubject {
  id: string;
  planChecksum: string;
  edge: { toStageId: string };
}

/** What stops this promotion at `now`: the windows of its target that no override lets it past. null: nothing. */
export async function readFreeze(db: Reader, promotion: FreezeSubject, now: Date): Promise<Freeze | null> {
  const windows = await findFreezeWindowsOf(db, promotion.edge.toStageId);
  if (windows.length === 0) return null;
  const overrides = await findFreezeOverrides(db, promotion.id);
  return findFreeze(
    windows.map(freezeWindowOf),
    now.getTime(),
    isOverridden(overrides, promotion.planChecksum),
  );
}
