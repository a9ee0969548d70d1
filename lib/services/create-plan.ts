import type { Actor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type PlanInput, type PlanResultDto, planInputSchema } from '../contracts/promotion';
import { authoriseRequest } from './authorise-request';
import { sponsorIdsOf } from './create-promotion';
import { refuseEmergency } from './emergency-access';
import { makePlan } from './make-plan';
import { parseInput } from './parse-input';
import { refuseSchedule } from './refuse-schedule';
import type { ServiceContext } from './service-context';

/**
 * What a promotion would do, before it is asked for. Nothing is stored.
 * @throws AppError as `makePlan` and `refuseEmergency`; `input-invalid` for a time that has passed
 */
export async function createPlan(
  ctx: ServiceContext,
  actor: Actor,
  input: PlanInput,
): Promise<PlanResultDto> {
  authorise(actor, 'promotion.request', SOME_STAGE);
  const wanted = parseInput(planInputSchema, input);
  const edge = await authoriseRequest(ctx.db, actor, wanted);
  await refuseEmergency(ctx.db, actor, wanted, edge);
  refuseSchedule(wanted.notBefore, ctx.clock.now());
  return makePlan(ctx, wanted, { sponsorIds: sponsorIdsOf(actor) });
}
