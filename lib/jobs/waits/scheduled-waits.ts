import type { Reader } from '../../db/client';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** A promotion that was asked for with a time begins no earlier. */
export async function scheduledWaits(_db: Reader, { planJson }: WaitSubject, now: Date): Promise<Wait[]> {
  const { notBefore } = parsePlan(planJson);
  if (notBefore === undefined) return [];
  const until = new Date(notBefore);
  return until > now ? [{ code: 'scheduled', detail: 'it is scheduled to begin later', until }] : [];
}
