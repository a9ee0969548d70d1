import type { Actor } from '../auth/actor';
import type { EdgeDto, EdgeInput } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function updateEdge(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: Partial<Omit<EdgeInput, 'from' | 'to'>> & { id: string },
): Promise<EdgeDto> {
  throw new Error('update-edge has no body yet');
}
