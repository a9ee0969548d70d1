import type { Actor, PersonActor } from '../auth/actor';
import { actorOfSession } from '../auth/session';
import type { PromotionDto } from '../contracts/promotion';
import { AppError } from '../errors';
import { isEnded } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import type { ServiceContext } from './service-context';

/** A promotion that is looked at again and again. */
export interface PromotionWatch {
  read: () => Promise<PromotionDto>;
  isLast: (value: PromotionDto) => boolean;
}

/**
 * The promotion for a live view. Who watches is looked up again each time, so that a session that ends, or a role
 * that changes, ends or changes what is seen.
 *
 * @throws AppError `not-found`, `forbidden`, at once; from `read` also `not-signed-in`
 */
export async function watchPromotion(
  ctx: ServiceContext,
  actor: Actor,
  number: number,
): Promise<PromotionWatch> {
  await getPromotion(ctx, actor, number);
  return {
    read: async () => getPromotion(ctx, actor.kind === 'person' ? await again(ctx, actor) : actor, number),
    isLast: (value) => isEnded(value.state),
  };
}

async function again(ctx: ServiceContext, actor: PersonActor): Promise<PersonActor> {
  const { sessionId } = actor;
  const now = sessionId === null ? null : await actorOfSession(ctx.db, sessionId, ctx.clock.now());
  if (!now) throw new AppError('not-signed-in', 'the session has ended; sign in again');
  return now;
}
