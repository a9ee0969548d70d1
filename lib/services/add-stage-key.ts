import type { Actor } from '../auth/actor';
import type { AddKeyInput, StageKeyDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function addStageKey(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: AddKeyInput & { stage: string },
): Promise<StageKeyDto> {
  throw new Error('add-stage-key has no body yet');
}
