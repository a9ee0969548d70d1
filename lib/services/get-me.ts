import type { Actor } from '../auth/actor';
import type { MeDto } from '../contracts/person';
import type { ServiceContext } from './service-context';

export async function getMe(_ctx: ServiceContext, _actor: Actor): Promise<MeDto> {
  throw new Error('get-me has no body yet');
}
