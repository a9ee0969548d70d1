import type { Actor } from '../auth/actor';
import type { ListPromotionsInput, PromotionRowDto } from '../contracts/promotion';
import type { PageDto } from '../contracts/scalars';
import type { ServiceContext } from './service-context';

export async function listPromotions(
  _ctx: ServiceContext,
  _actor: Actor,
  _input: ListPromotionsInput,
): Promise<PageDto<PromotionRowDto>> {
  throw new Error('list-promotions has no body yet');
}
