import { type RetirementDto, retirementStateSchema } from '../contracts/retirement';
import type { Reader } from '../db/client';
import { findPeople } from '../db/person';
import { findAskedFor } from '../db/promotion';
import { type RetirementWithStage, retiredRefs, retirementCounts } from '../db/retirement';
import { parseFacts } from '../promotion/plan-checksum';

/** Retirements as pages show them. */
export async function retirementDtos(
  db: Reader,
  rows: readonly RetirementWithStage[],
): Promise<RetirementDto[]> {
  if (rows.length === 0) return [];
  const asked = await findAskedFor(
    db,
    rows.map((row) => row.promotionNumber),
  );
  const names = rows.some((row) => row.stoppedBy !== null) ? await findPeople(db) : [];
  return rows.map((row) => {
    const removal = asked.get(row.promotionNumber);
    const stopper = names.find(({ name }) => name === row.stoppedBy)?.displayName ?? row.stoppedBy;
    return {
      id: row.id,
      stage: row.stage.name,
      promotion: row.promotionNumber,
      by: removal?.requester ?? 'unknown',
      refs: retiredRefs(row),
      removedAt: row.removedAt.toISOString(),
      dueAt: row.dueAt.toISOString(),
      state: retirementStateSchema.parse(row.state),
      estimate: removal ? (parseFacts(removal.factsJson).retirable ?? null) : null,
      counts: retirementCounts(row),
      stopped: stopper === null ? null : { by: stopper, reason: row.stopReason ?? '' },
      endedAt: row.endedAt?.toISOString() ?? null,
      problem: row.errorMessage,
    };
  });
}
