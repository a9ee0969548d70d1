import type { Reader } from '../../db/client';
import { findHolds } from '../../db/hold';
import { describeHold, holdsAgainst } from '../../promotion/check-holds';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** A ref that is held stays where it is until the hold is lifted. */
export async function heldWaits(db: Reader, { planJson, edge }: WaitSubject): Promise<Wait[]> {
  const plan = parsePlan(planJson);
  const refs = plan.refs.map(({ targetRef }) => targetRef);
  const holds = holdsAgainst(plan, await findHolds(db, edge.toStageId, refs));
  const details = holds.map((hold) => describeHold(hold, plan.edge.to));
  if (details.length === 0) return [];
  return [{ code: 'held', detail: details.join('; '), until: null }];
}
