import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { PromotionRowDto } from '../contracts/promotion';
import { findPromotions } from '../db/promotion';
import { whyNotDecide } from '../promotion/policy';
import { policyActor, policySubject, promotionRowDto } from './promotion-dto';
import type { ServiceContext } from './service-context';

/** Far more than anybody decides in a day. */
const QUEUE_MAX = 200;

/** What waits for approval: apart, what waits for the acting person, oldest first, and the rest. */
export async function listApprovalQueue(
  ctx: ServiceContext,
  actor: Actor,
): Promise<{ waitingForMe: PromotionRowDto[]; others: PromotionRowDto[] }> {
  authorise(actor, 'read');
  const rows = (await findPromotions(ctx.db, { states: ['requested'] }, QUEUE_MAX)).reverse();
  const person = policyActor(actor.kind === 'person' ? actor : null);
  const isMine = (row: (typeof rows)[number]) => whyNotDecide(policySubject(row), person) === null;
  return {
    waitingForMe: rows.filter(isMine).map(promotionRowDto),
    others: rows.filter((row) => !isMine(row)).map(promotionRowDto),
  };
}
