import type { FreezeStateDto } from '../contracts/freeze';
import type { Reader } from '../db/client';
import type { EdgeRow } from '../db/edge';
import { findFreezeWindows, freezeWindowOf } from '../db/freeze';
import { findFreeze } from '../promotion/freeze/find-freeze';
import { freezeStateDto } from './freeze-dto';

/** What freezes each stage that an edge leads to, by the stage's id; stages that nothing freezes are left out. */
export async function readStageFreezes(
  db: Reader,
  edges: readonly EdgeRow[],
  now: Date,
): Promise<Map<string, FreezeStateDto>> {
  const rows = await findFreezeWindows(db);
  const freezes = new Map<string, FreezeStateDto>();
  if (rows.length === 0) return freezes;
  for (const id of new Set(edges.map((edge) => edge.toStageId))) {
    const windows = rows.filter((row) => row.stageId === null || row.stageId === id).map(freezeWindowOf);
    const freeze = findFreeze(windows, now.getTime());
    if (freeze) freezes.set(id, freezeStateDto(freeze));
  }
  return freezes;
}
