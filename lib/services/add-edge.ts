import type { Actor } from '../auth/actor';
import type { EdgeDto, EdgeInput } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function addEdge(_ctx: ServiceContext, _actor: Actor, _input: EdgeInput): Promise<EdgeDto> {
  throw new Error('add-edge has no body yet');
}
