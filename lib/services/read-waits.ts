import type { WaitDto } from '../contracts/promotion';
import type { Reader } from '../db/client';
import type { FullPromotion } from '../db/promotion';
import { findWaits } from '../jobs/waits/find-waits';

/** What keeps the run of a promotion from beginning, as pages show it; nothing once it has begun or is over. */
export async function readWaits(db: Reader, row: FullPromotion, now: Date): Promise<WaitDto[]> {
  if (row.state !== 'requested' && row.state !== 'approved') return [];
  const waits = await findWaits(db, row, now);
  return waits.map(({ until, ...wait }) => ({ ...wait, until: until?.toISOString() ?? null }));
}

/** As `readWaits` for a list, by the promotions' ids: only what is approved waits there. */
export async function readWaitsOf(
  db: Reader,
  rows: readonly FullPromotion[],
  now: Date,
): Promise<Map<string, WaitDto[]>> {
  const waits = new Map<string, WaitDto[]>();
  for (const row of rows) {
    if (row.state === 'approved') waits.set(row.id, await readWaits(db, row, now));
  }
  return waits;
}
