import { isDeepStrictEqual } from 'node:util';
import type { Actor, ClientActor } from '../auth/actor';
import { actorOfSession } from '../auth/session';
import { actorOfTokenId } from '../auth/token-actor';
import type { PromotionDto } from '../contracts/promotion';
import { readPromotionMark } from '../db/promotion';
import { AppError } from '../errors';
import { isEnded } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import type { ServiceContext } from './service-context';

/** A promotion that is looked at again and again. */
export interface PromotionWatch {
  read: () => Promise<PromotionDto>;
  isLast: (value: PromotionDto) => boolean;
}

/** What isn't in the database (where source refs are) is looked at no more often than this. */
const WHOLE_AGAIN_MILLISECONDS = 3_000;

/**
 * The promotion for a live view: read in full where a cheap look says that it changed, and now and then. Who watches
 * is looked up again each time, so that a session that ends, or a role that changes, ends or changes what is seen.
 *
 * @throws AppError `not-found`, `forbidden`, at once; from `read` also `not-signed-in`
 */
export async function watchPromotion(
  ctx: ServiceContext,
  actor: Actor,
  number: number,
): Promise<PromotionWatch> {
  let mark = await readPromotionMark(ctx.db, number);
  let value = await getPromotion(ctx, actor, number);
  let readAt = performance.now();
  let who = actor;
  return {
    async read() {
      const now = who.kind === 'system' ? who : await again(ctx, who);
      const found = await readPromotionMark(ctx.db, number);
      const isSame = found === mark && isDeepStrictEqual(now, who);
      if (isSame && performance.now() - readAt < WHOLE_AGAIN_MILLISECONDS) return value;
      value = await getPromotion(ctx, now, number);
      mark = found;
      who = now;
      readAt = performance.now();
      return value;
    },
    isLast: (seen) => isEnded(seen.state),
  };
}

async function again(ctx: ServiceContext, who: ClientActor): Promise<ClientActor> {
  const now = await lookUp(ctx, who);
  if (!now) throw new AppError('not-signed-in', 'the session has ended; sign in again');
  return now;
}

function lookUp(ctx: ServiceContext, who: ClientActor): Promise<ClientActor | null> {
  if (who.kind === 'service') return actorOfTokenId(ctx.db, who.tokenId, ctx.clock.now());
  return who.sessionId === null ? Promise.resolve(null) : actorOfSession(ctx, who.sessionId, ctx.clock.now());
}
