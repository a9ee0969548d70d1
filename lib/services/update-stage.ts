import type { Actor } from '../auth/actor';
import type { StageDto } from '../contracts/stage';
import type { ServiceContext } from './service-context';

export async function updateStage(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: { stage: string; position?: number; overlapSeconds?: number },
): Promise<StageDto> {
  throw new Error('update-stage has no body yet');
}
