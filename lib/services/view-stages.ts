import type { HoldDto } from '../contracts/hold';
import { type EdgeWithStages, findEdges } from '../db/edge';
import { findAllHolds } from '../db/hold';
import { readLastPublished } from '../db/run';
import { findLedgers, findStages, type StageWithKeys } from '../db/stage';
import { edgeRules } from '../promotion/edge-rules';
import { allOver } from './all-over';
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
  const db = await ctx.atHead();
  const [all, edges, published, allHolds] = await Promise.all([
    findStages(db),
    findEdges(db),
    readLastPublished(db),
    findAllHolds(db),
  ]);
  const rows = all.filter(choose);
  const [holds, ledgers] = await Promise.all([
    holdDtos(db, allHolds, ({ stage }) => stage.name),
    findLedgers(
      db,
      rows.map(({ id }) => id),
    ),
  ]);
  const stages = await allOver(
    rows.map((row) =>
      viewStage(ctx, {
        repos,
        row,
        lastPublishedAt: published.get(row.id) ?? null,
        ledger: ledgers.filter(({ stageId }) => stageId === row.id),
        holds: holds.filter((hold) => hold.stage === row.name),
        isTarget: edges.some((edge) => edge.toStageId === row.id),
        incoming: edges.filter((edge) => edge.toStageId === row.id).map(edgeRules),
      }),
    ),
  );
  return { stages, edges, holds };
}
