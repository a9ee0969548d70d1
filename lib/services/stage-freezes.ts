import type { ComingFreezeDto, FreezeStateDto } from '../contracts/freeze';
import type { Reader } from '../db/client';
import type { EdgeRow } from '../db/edge';
import { findFreezeWindows, freezeWindowOf } from '../db/freeze';
import { findComingFreeze, findFreeze } from '../promotion/freeze/find-freeze';
import { comingFreezeDto, freezeStateDto } from './freeze-dto';

/** What stops what leads into a stage, and what does so next; each null where nothing does. */
export interface StageFreezes {
  freeze: FreezeStateDto | null;
  nextFreeze: ComingFreezeDto | null;
}

/** What freezes each stage that an edge leads to, by the stage's id: nothing freezes the others. */
export async function readStageFreezes(
  db: Reader,
  edges: readonly EdgeRow[],
  now: Date,
): Promise<(stageId: string) => StageFreezes> {
  const rows = await findFreezeWindows(db);
  const known = new Map<string, StageFreezes>();
  for (const id of new Set(edges.map((edge) => edge.toStageId))) {
    const windows = rows.filter((row) => row.stageId === null || row.stageId === id).map(freezeWindowOf);
    const freeze = findFreeze(windows, now.getTime());
    const next = findComingFreeze(windows, now.getTime(), freeze);
    known.set(id, {
      freeze: freeze && freezeStateDto(freeze),
      nextFreeze: next && comingFreezeDto(next),
    });
  }
  return (stageId) => known.get(stageId) ?? { freeze: null, nextFreeze: null };
}
