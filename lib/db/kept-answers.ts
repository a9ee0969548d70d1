import { ResultCache } from '../result-cache';

/**
 * The tables whose rows no transaction changes without adding an audit event: as long as the head of the chain is the same,
 * so is every row of them. The hash of the head stands for all that was ever recorded, in whichever process it was.
 */
export const auditedTables = [
  'person',
  'stageRole',
  'group',
  'groupMember',
  'stage',
  'stageKey',
  'edge',
  'promotion',
  'promotionRef',
  'emergencyReview',
  'hold',
  'freezeWindow',
  'freezeOverride',
  'approval',
  'approvalVoid',
  'auditEvent',
] as const;

/** Tables that a worker also writes to between two events, by those of their rows that may still change. */
export const runTables = ['run', 'runStep', 'runCancel'] as const;

export const keptTables: ReadonlySet<string> = new Set([...auditedTables, ...runTables]);
export const readings: ReadonlySet<string> = new Set([
  'findMany',
  'findFirst',
  'findUnique',
  'findUniqueOrThrow',
  'count',
  'aggregate',
  'groupBy',
]);

/** Rows that are kept for one head, about: a promotion with all that belongs to it takes some 15 KiB. */
const KEPT_ROWS_MAX = 4_000;

/** Answers that hold as long as `mark` is what the database says. */
export interface Kept {
  mark: string;
  answers: ResultCache;
}
/** By database: what was kept at its newest head. */
export const newest = new WeakMap<object, { head: Kept; runs: Kept }>();

/**
 * To be told of each question to the database, outside of transactions: what is written there is on record by no event, so
 * nothing that was kept of such a table counts any more.
 * @param model the table as the schema calls it
 */
export function noteOperation(db: object, model: string | undefined, operation: string): void {
  if (model === undefined || readings.has(operation)) return;
  if (keptTables.has(model.charAt(0).toLowerCase() + model.slice(1))) newest.delete(db);
}

export function keep(mark: string): Kept {
  return { mark, answers: new ResultCache(KEPT_ROWS_MAX) };
}
