import type { Actor } from '../auth/actor';
import type { EdgeDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function listEdges(_ctx: ServiceContext, _actor: Actor): Promise<EdgeDto[]> {
  throw new Error('list-edges has no body yet');
}
