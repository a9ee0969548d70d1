import type { Actor } from '../auth/actor';
import type { ServiceContext } from './service-context';

export async function endSession(_ctx: ServiceContext, _actor: Actor): Promise<void> {
  throw new Error('end-session has no body yet');
}
