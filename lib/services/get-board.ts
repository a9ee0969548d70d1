import type { Actor } from '../auth/actor';
import type { BoardDto } from '../contracts/board';
import type { ServiceContext } from './service-context';

export async function getBoard(_ctx: ServiceContext, _actor: Actor): Promise<BoardDto> {
  throw new Error('get-board has no body yet');
}
