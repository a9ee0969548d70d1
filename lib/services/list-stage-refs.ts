import type { Actor } from '../auth/actor';
import type { PageDto } from '../contracts/scalars';
import type { StageRefDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function listStageRefs(
  _ctx: ServiceContext,
  _actor: Actor,
  _stage: string,
): Promise<PageDto<StageRefDto>> {
  throw new Error('list-stage-refs has no body yet');
}
