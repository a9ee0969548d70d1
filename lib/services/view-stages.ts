import type { HoldDto } from '../contracts/hold';
import { type EdgeWithStages, findEdges } from '../db/edge';
import { findAllHolds } from '../db/hold';
import { readLastPublished } from '../db/run';
import { findLedger, findStages, type StageWithKeys } from '../db/stage';
import { edgeRules } from '../promotion/edge-rules';
import { holdDtos } from './hold-dto';
import type { Repositories } from './repositories';
import type { ServiceContext } from './service-context';
import { type StageView, viewStage } from './stage-dto';

export interface StagesView {
  stages: StageView[];
  edges: EdgeWithStages[];
  /** Holds that stand, of all stages: by stage and ref. */
  holds: HoldDto[];
}

/** Every stage as it is now, in the order of the pipeline, and the edges between them. */
export async function viewStages(
  ctx: ServiceContext,
  repos: Repositories,
  choose: (stage: StageWithKeys) => boolean = () => true,
): Promise<StagesView> {
  const rows = (await findStages(ctx.db)).filter(choose);
  const edges = await findEdges(ctx.db);
  const published = await readLastPublished(ctx.db);
  const holds = await holdDtos(ctx.db, await findAllHolds(ctx.db), ({ stage }) => stage.name);
  const stages: StageView[] = [];
  for (const row of rows) {
    stages.push(
      await viewStage(ctx, {
        repos,
        row,
        lastPublishedAt: published.get(row.id) ?? null,
        ledger: await findLedger(ctx.db, row.id),
        holds: holds.filter((hold) => hold.stage === row.name),
        isTarget: edges.some((edge) => edge.toStageId === row.id),
        incoming: edges.filter((edge) => edge.toStageId === row.id).map(edgeRules),
      }),
    );
  }
  return { stages, edges, holds };
}
