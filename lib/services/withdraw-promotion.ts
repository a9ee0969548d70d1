import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import type { PromotionDto } from '../contracts/promotion';
import { inTransaction } from '../db/client';
import { findPromotion, movePromotion } from '../db/promotion';
import { cancelQueuedRun } from '../db/run';
import { AppError } from '../errors';
import { whyNotWithdraw } from '../promotion/policy';
import { requireNextState } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import { readPolicyMoment } from './policy-moment';
import { policyActor, policySubject } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Takes a request back, by the one who asked, or any release manager where a program did, as long as no worker has
 * begun it.
 * @throws AppError `not-found`, `forbidden`, `state-changed`
 */
export async function withdrawPromotion(
  ctx: ServiceContext,
  actor: Actor,
  number: number,
): Promise<PromotionDto> {
  authorise(actor, 'promotion.withdraw', SOME_STAGE);
  if (actor.kind === 'system') throw new AppError('forbidden', 'only who asks withdraws requests');
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    const subject = policySubject(row, await readPolicyMoment(tx, at));
    const refusal = whyNotWithdraw(subject, policyActor(actor, row.edge.to));
    if (refusal) throw refusalError(number, refusal);
    const to = requireNextState(number, subject.state, 'withdraw');
    const error = { code: 'state-changed', message: 'withdrawn before it began' };
    const isFree = await cancelQueuedRun(tx, row.id, at, error);
    if (!isFree || !(await movePromotion(tx, row.id, subject.state, to, { endedAt: at }))) {
      throw new AppError('state-changed', `promotion #${number} has begun; it can't be withdrawn any more`);
    }
    await recordAudit(tx, {
      kind: 'promotion.withdrawn',
      at,
      actor: auditActorOf(actor),
      stage: row.edge.to.name,
      promotion: number,
      data: {},
    });
  });
  return getPromotion(ctx, actor, number);
}
