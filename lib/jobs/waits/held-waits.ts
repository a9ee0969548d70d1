import { isRollback } from '../../contracts/promotion';
import type { Reader } from '../../db/client';
import { findHolds } from '../../db/hold';
import { describeHold, everyHolds } from '../../promotion/check-holds';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** A ref that somebody holds is moved by no promotion, but for a rollback: that is what holds are made for. */
export async function heldWaits(db: Reader, { planJson, edge }: WaitSubject): Promise<Wait[]> {
  const plan = parsePlan(planJson);
  if (isRollback(plan)) return [];
  const refs = plan.refs.map(({ targetRef }) => targetRef);
  const details = everyHolds(await findHolds(db, edge.toStageId, refs)).map((hold) =>
    describeHold(hold, plan.edge.to),
  );
  if (details.length === 0) return [];
  return [{ code: 'held', detail: details.join('; '), until: null }];
}
