import { isWithinStage } from '../../contracts/promotion';
import type { Reader } from '../../db/client';
import { readSoakStarts } from '../../db/source-sighting';
import { soakedAt } from '../../promotion/check-soak';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** On an edge with a soak time each commit has to have been in the source stage for so long; what is rolled back to has been. */
export async function soakWaits(db: Reader, { planJson, edge }: WaitSubject, now: Date): Promise<Wait[]> {
  if (edge.soakHours === 0) return [];
  const plan = parsePlan(planJson);
  if (isWithinStage(plan)) return [];
  const commits = plan.refs.map(({ sourceRef, sourceChecksum }) => ({
    ref: sourceRef,
    checksum: sourceChecksum,
  }));
  const starts = await readSoakStarts(db, edge.fromStageId, commits);
  const wait = {
    code: 'soak' as const,
    detail: `it has to soak for ${edge.soakHours} h in ${plan.edge.from}`,
  };
  const ready = starts.flatMap((since) => (since === null ? [] : [soakedAt(since, edge.soakHours)]));
  // Asking for it has noted each commit; without that note nobody knows when it came.
  if (ready.length < starts.length) return [{ ...wait, until: null }];
  const until = new Date(Math.max(...ready.map((each) => each.getTime())));
  return until > now ? [{ ...wait, until }] : [];
}
