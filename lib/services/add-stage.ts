import type { Actor } from '../auth/actor';
import type { AddStageInput, StageDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function addStage(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: AddStageInput,
): Promise<StageDto> {
  throw new Error('add-stage has no body yet');
}
