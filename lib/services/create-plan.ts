import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type PlanInput, type PlanResultDto, planInputSchema } from '../contracts/promotion';
import { sponsorIdsOf } from './create-promotion';
import { makePlan } from './make-plan';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * What a promotion would do, before it is asked for. Nothing is stored.
 * @throws AppError as `makePlan`
 */
export async function createPlan(
  ctx: ServiceContext,
  actor: Actor,
  input: PlanInput,
): Promise<PlanResultDto> {
  authorise(actor, 'promotion.request');
  return makePlan(ctx, parseInput(planInputSchema, input), sponsorIdsOf(actor));
}
