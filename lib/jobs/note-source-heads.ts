import { inTransaction } from '../db/client';
import { type EdgeWithStages, findEdges } from '../db/edge';
import { findUnseen, insertSightings, type SourceCommit } from '../db/source-sighting';
import { isAppError } from '../errors';
import { listRefs } from '../ostree/repo/list-refs';
import { edgeRules } from '../promotion/edge-rules';
import { isRefTaken } from '../promotion/match-refs';
import { openStage } from './open-stage';
import type { WorkerContext } from './worker-context';

/**
 * Notes the heads of source stages whose edges have a soak time, each the first time it is seen: others put commits there
 * without telling Treeline. Reads refs alone, and writes only where one is new.
 */
export async function noteSourceHeads(ctx: WorkerContext): Promise<void> {
  for (const edge of await findEdges(ctx.db)) {
    if (edge.soakHours === 0) continue;
    try {
      const heads = headsOf(ctx, edge);
      if ((await findUnseen(ctx.db, edge.fromStageId, heads)).length === 0) continue;
      const seenAt = ctx.clock.now();
      await inTransaction(ctx.db, (tx) => insertSightings(tx, edge.fromStageId, heads, seenAt));
    } catch (error) {
      if (!isAppError(error) || error.code === 'database-unavailable') throw error;
      // Its page says what is wrong with it; what was seen there before keeps its time.
      ctx.log.warn({ error, stage: edge.from.name }, 'could not note the heads of a stage');
    }
  }
}

function headsOf(ctx: WorkerContext, edge: EdgeWithStages): SourceCommit[] {
  const rules = edgeRules(edge);
  const repo = openStage(ctx, edge.from);
  try {
    return listRefs(repo).filter(({ ref }) => isRefTaken(rules, ref));
  } finally {
    repo.close();
  }
}
