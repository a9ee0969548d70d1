import { type HoldDto, holdOriginSchema, holdScopeSchema } from '../contracts/hold';
import type { Reader } from '../db/client';
import type { HoldRow } from '../db/hold';
import { findPeople } from '../db/person';
import { findRequesters } from '../db/promotion';

/** Holds as pages show them; `stageName` names the stage of each. */
export async function holdDtos<Row extends HoldRow>(
  db: Reader,
  rows: readonly Row[],
  stageName: (row: Row) => string,
): Promise<HoldDto[]> {
  const numbers = rows.flatMap(({ promotionNumber }) => promotionNumber ?? []);
  const requesters = numbers.length === 0 ? new Map<number, string>() : await findRequesters(db, numbers);
  const names = await readNames(db, rows);
  return rows.map((row) => ({
    id: row.id,
    stage: stageName(row),
    ref: row.ref,
    scope: holdScopeSchema.parse(row.scope),
    origin: holdOriginSchema.parse(row.origin),
    promotion: row.promotionNumber,
    reason: row.reason,
    // The worker, which sets it, doesn't know people by their names.
    by: requesters.get(row.promotionNumber ?? 0) ?? names.get(row.setBy) ?? row.setBy,
    at: row.setAt.toISOString(),
  }));
}

/** What pages call whoever set a hold by hand, by the name that they sign in with. */
async function readNames(db: Reader, rows: readonly HoldRow[]): Promise<Map<string, string>> {
  if (rows.every(({ origin }) => origin !== 'hand')) return new Map();
  return new Map((await findPeople(db)).map(({ name, displayName }) => [name, displayName]));
}
