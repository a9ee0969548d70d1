import type { Actor } from '../auth/actor';
import type { PlanInput, PlanResultDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function createPlan(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: PlanInput,
): Promise<PlanResultDto> {
  throw new Error('create-plan has no body yet');
}
