import { findCheckReports } from '../../db/check-report';
import type { Reader } from '../../db/client';
import { edgeExternalChecks } from '../../db/edge';
import { findOpenChecks } from '../../promotion/check-external';
import type { Wait, WaitSubject } from './wait-source';

/** Each external check that the edge requires has to have passed, reported on this very plan. */
export async function checkWaits(db: Reader, { id, planChecksum, edge }: WaitSubject): Promise<Wait[]> {
  const expected = edgeExternalChecks(edge);
  if (expected.length === 0) return [];
  const reports = await findCheckReports(db, id, planChecksum);
  return findOpenChecks(expected, reports).map((detail) => ({ code: 'checks', detail, until: null }));
}
