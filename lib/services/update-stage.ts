import { z } from 'zod';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { addStageSchema, type StageDto } from '../contracts/stage';
import { inTransaction } from '../db/client';
import { type StageChange, updateStageRow } from '../db/stage';
import { AppError } from '../errors';
import { parseInput } from './parse-input';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { viewStages } from './view-stages';

const updateStageSchema = z.strictObject({
  position: addStageSchema.shape.position,
  overlapSeconds: addStageSchema.shape.overlapSeconds,
  retireGraceHours: addStageSchema.shape.retireGraceHours,
});

/**
 * Moves a stage within the pipeline, or changes how long old and new signatures overlap, or how long the commits of refs that are
 * removed from now on stay.
 */
export async function updateStage(
  ctx: ServiceContext,
  actor: Actor,
  input: { stage: string } & z.input<typeof updateStageSchema>,
): Promise<StageDto> {
  authorise(actor, 'settings.write');
  const { stage: name, ...rest } = input;
  const wanted = parseInput(updateStageSchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const stage = await requireStage(tx, name);
    const change: StageChange = {};
    const changes: string[] = [];
    for (const field of ['position', 'overlapSeconds', 'retireGraceHours'] as const) {
      const value = wanted[field];
      if (value === undefined || value === stage[field]) continue;
      change[field] = value;
      changes.push(`${field} ${stage[field]} → ${value}`);
    }
    if (changes.length === 0) return;
    await updateStageRow(tx, stage.id, change);
    const data = { changes };
    await recordAudit(tx, { kind: 'stage.updated', at, actor: auditActorOf(actor), stage: name, data });
  });
  return readStage(ctx, name);
}

/** The stage as the API shows it. @throws AppError `not-found` */
export async function readStage(ctx: ServiceContext, name: string): Promise<StageDto> {
  return withRepositories(async (repos) => {
    const { stages } = await viewStages(ctx, repos, (row) => row.name === name);
    if (stages[0]) return stages[0].stage;
    throw new AppError('not-found', `there is no stage called ${name}`);
  });
}
