import type { Actor } from '../auth/actor';
import type { PromotionDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function withdrawPromotion(
  _ctx: ServiceContext,
  _actor: Actor,
  _number: number,
): Promise<PromotionDto> {
  throw new Error('withdraw-promotion has no body yet');
}
