import type { Actor } from '../auth/actor';
import type { StageDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function listStages(_ctx: ServiceContext, _actor: Actor): Promise<StageDto[]> {
  throw new Error('list-stages has no body yet');
}
