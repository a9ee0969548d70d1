import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { PageDto } from '../contracts/scalars';
import type { StageRefDto } from '../contracts/stage';
import { AppError } from '../errors';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';
import { viewStages } from './view-stages';

const PAGE_SIZE = 500;

/** The refs of a stage, in order of their names. The cursor is the last ref of the page before. */
export async function listStageRefs(
  ctx: ServiceContext,
  actor: Actor,
  stage: string,
  cursor: string | null = null,
): Promise<PageDto<StageRefDto>> {
  authorise(actor, 'read');
  const { id } = await requireStage(await ctx.atHead(), stage);
  return withRepositories(async (repos) => {
    const { stages } = await viewStages(ctx, repos, (row) => row.id === id);
    const view = stages[0];
    if (!view) throw new AppError('not-found', `there is no stage called ${stage}`);
    const from = cursor === null ? 0 : view.refs.findIndex((each) => each.ref === cursor) + 1;
    const items = view.refs.slice(from, from + PAGE_SIZE);
    const hasMore = from + PAGE_SIZE < view.refs.length;
    return { items, nextCursor: hasMore ? (items.at(-1)?.ref ?? null) : null };
  });
}
