import type { Actor } from '../auth/actor';
import type { CreatePromotionInput, PromotionDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function createPromotion(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: CreatePromotionInput & { idempotencyKey?: string },
): Promise<PromotionDto> {
  throw new Error('create-promotion has no body yet');
}
