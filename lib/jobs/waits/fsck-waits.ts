import { checkLevelSchema } from '../../contracts/edge-checks';
import { isWithinStage } from '../../contracts/promotion';
import type { Reader } from '../../db/client';
import { readFsckedRefs } from '../../db/source-fsck';
import { findOpenFscks } from '../../promotion/check-source-fsck';
import { parsePlan } from '../../promotion/plan-checksum';
import type { Wait, WaitSubject } from './wait-source';

/** Where an edge requires it, each source commit has to have been hashed whole, and nothing of it found damaged. A rollback hashes what it goes back to in its run. */
export async function fsckWaits(db: Reader, { planJson, edge }: WaitSubject): Promise<Wait[]> {
  const level = checkLevelSchema.parse(edge.sourceFsckCheck);
  if (level !== 'required') return [];
  const plan = parsePlan(planJson);
  if (isWithinStage(plan)) return [];
  const refs = await readFsckedRefs(db, edge.fromStageId, plan.refs);
  const open = findOpenFscks(refs, { level, from: plan.edge.from });
  return open.map((detail) => ({ code: 'fsck', detail, until: null }));
}
