import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { StageDto } from '../contracts/stage';
import { findStages } from '../db/stage';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';
import { readStage } from './stage-dto';

/**
 * The names of the stages in the order of the pipeline, each with what keeps it from being read. Every page shows them, so
 * nothing is looked at besides.
 */
export async function listStageNames(
  ctx: ServiceContext,
  actor: Actor,
): Promise<Pick<StageDto, 'name' | 'problem'>[]> {
  authorise(actor, 'read');
  const rows = await findStages(await ctx.atHead());
  return withRepositories(async (repos) =>
    rows.map((row) => ({ name: row.name, problem: readStage(repos, row).problem })),
  );
}
