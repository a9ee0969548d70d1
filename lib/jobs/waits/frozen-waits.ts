import type { Reader } from '../../db/client';
import { readFreeze } from '../../db/freeze';
import { namesOf } from '../../promotion/freeze/find-freeze';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** A freeze window of the target stage holds, and no override is for it. */
export async function frozenWaits(db: Reader, promotion: WaitSubject, now: Date): Promise<Wait[]> {
  const freeze = await readFreeze(db, promotion, now);
  if (freeze === null) return [];
  const detail = `${parsePlan(promotion.planJson).edge.to} is frozen by ${namesOf(freeze)}`;
  return [{ code: 'frozen', detail, until: freeze.until === null ? null : new Date(freeze.until) }];
}
