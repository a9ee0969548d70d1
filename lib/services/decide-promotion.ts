import type { Actor } from '../auth/actor';
import type { DecideInput, PromotionDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function decidePromotion(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: DecideInput & { number: number },
): Promise<PromotionDto> {
  throw new Error('decide-promotion has no body yet');
}
