import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type ReinstateFreezeInput, reinstateFreezeSchema } from '../contracts/freeze';
import type { PromotionDto } from '../contracts/promotion';
import { inTransaction } from '../db/client';
import { findFreezeOverrides } from '../db/freeze';
import { findPromotion } from '../db/promotion';
import { AppError } from '../errors';
import { whyNotReinstate } from '../promotion/freeze/why-not-reinstate';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { policyActor, reinstateSubject } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';
import { withdrawOverrides } from './withdraw-overrides';

/**
 * Takes back what lets a promotion past freeze windows, as long as none of its refs has moved: what still holds stops it
 * again. A run that is under way already looks right before its first ref moves, and waits then.
 *
 * @throws AppError `not-found`, `forbidden`; `state-changed` where it is over, its refs move, or nothing is overridden
 */
export async function reinstateFreeze(
  ctx: ServiceContext,
  actor: Actor,
  input: ReinstateFreezeInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'freeze.reinstate', SOME_STAGE);
  const { number, ...rest } = input;
  const { reason } = parseInput(reinstateFreezeSchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    authorise(actor, 'freeze.reinstate', row.edge.to);
    const subject = reinstateSubject(row, await findFreezeOverrides(tx, row.id));
    const refusal = whyNotReinstate(subject, policyActor(actor, row.edge.to), true);
    if (refusal) throw refusalError(number, refusal);
    const about = { at, actor: auditActorOf(actor), stage: row.edge.to.name, promotion: number };
    await withdrawOverrides(tx, row, { ...about, reason });
  });
  return getPromotion(ctx, actor, number);
}
