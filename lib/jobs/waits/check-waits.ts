import { findCheckReports } from '../../db/check-report';
import type { Reader } from '../../db/client';
import { expectedChecks } from '../../db/edge';
import { findOpenChecks } from '../../promotion/check-external';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** Each external check that the edge requires of it has to have passed, reported on this very plan. */
export async function checkWaits(
  db: Reader,
  { id, planJson, planChecksum, edge }: WaitSubject,
): Promise<Wait[]> {
  const expected = expectedChecks(edge, parsePlan(planJson));
  if (expected.length === 0) return [];
  const reports = await findCheckReports(db, id, planChecksum);
  return findOpenChecks(expected, reports).map((detail) => ({ code: 'checks', detail, until: null }));
}
