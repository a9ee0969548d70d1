import type { Actor } from '../auth/actor';
import type { StagePageDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function getStagePage(
  _ctx: ServiceContext,
  _actor: Actor,
  _name: string,
): Promise<StagePageDto> {
  throw new Error('get-stage-page has no body yet');
}
