import type { Actor } from '../auth/actor';
import type { PromotionDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function retryPromotion(
  _ctx: ServiceContext,
  _actor: Actor,
  _number: number,
): Promise<PromotionDto> {
  throw new Error('retry-promotion has no body yet');
}
