import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { StageDto } from '../contracts/stage';
import { withRepositories } from './repositories';
import { contextAtOneHead, type ServiceContext } from './service-context';
import { viewStages } from './view-stages';

/** The stages in the order of the pipeline. */
export async function listStages(context: ServiceContext, actor: Actor): Promise<StageDto[]> {
  authorise(actor, 'read');
  const ctx = contextAtOneHead(context);
  return withRepositories(async (repos) => (await viewStages(ctx, repos)).stages.map((view) => view.stage));
}
