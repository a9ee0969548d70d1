import type { Actor } from '../auth/actor';
import type { ServiceContext } from './service-context';

export async function adoptStageRefs(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { stage: string; refs?: string[] },
): Promise<{ adopted: number }> {
  throw new Error('adopt-stage-refs has no body yet');
}
