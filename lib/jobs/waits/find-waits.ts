import { emergencyOf } from '../../contracts/promotion';
import type { Reader } from '../../db/client';
import { AppError } from '../../errors';
import { parsePlan } from '../../promotion/plan-checksum';
import { checkWaits } from './check-waits';
import { frozenWaits } from './frozen-waits';
import { fsckWaits } from './fsck-waits';
import { heldWaits } from './held-waits';
import { scheduledWaits } from './scheduled-waits';
import { soakWaits } from './soak-waits';
import type { Wait, WaitSource, WaitSubject } from './wait-source';

const sources: readonly WaitSource[] = [
  scheduledWaits,
  frozenWaits,
  heldWaits,
  soakWaits,
  checkWaits,
  fsckWaits,
];
/** What an emergency does not wait for. */
const passed: ReadonlySet<WaitSource> = new Set([frozenWaits, soakWaits, checkWaits, fsckWaits]);

/**
 * What the run of a promotion has to wait for at `now`; none: it may begin. Waiting voids no approval, and a run past
 * its commit point goes forward whatever this says.
 */
export async function findWaits(db: Reader, promotion: WaitSubject, now: Date): Promise<Wait[]> {
  const waits: Wait[] = [];
  const isEmergency = emergencyOf(parsePlan(promotion.planJson)) !== null;
  for (const source of sources) {
    if (!isEmergency || !passed.has(source)) waits.push(...(await source(db, promotion, now)));
  }
  return waits;
}

/** @throws AppError `must-wait`, with all that it waits for, where the run may not go on */
export async function assertNoWait(db: Reader, promotion: WaitSubject, now: Date): Promise<void> {
  const waits = await findWaits(db, promotion, now);
  if (waits.length > 0) throw new AppError('must-wait', waits.map(describeWait).join('; '));
}

function describeWait({ detail, until }: Wait): string {
  return until === null ? detail : `${detail}, until ${until.toISOString().replace('.000Z', 'Z')}`;
}
