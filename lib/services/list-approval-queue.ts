import type { Actor } from '../auth/actor';
import type { PromotionRowDto } from '../contracts/promotion';
import type { ServiceContext } from './service-context';

export async function listApprovalQueue(
  _ctx: ServiceContext,
  _actor: Actor,
): Promise<{ waitingForMe: PromotionRowDto[]; others: PromotionRowDto[] }> {
  throw new Error('list-approval-queue has no body yet');
}
