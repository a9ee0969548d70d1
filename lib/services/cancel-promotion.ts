import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type CancelPromotionInput, cancelPromotionSchema, type PromotionDto } from '../contracts/promotion';
import { inTransaction } from '../db/client';
import { findPromotion } from '../db/promotion';
import { insertRunCancel } from '../db/run';
import { AppError } from '../errors';
import { whyNotCancel } from '../promotion/why-not-cancel';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { cancelSubject, policyActor } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Asks to stop the run of a promotion. Its worker looks between steps, inside long ones, and for the last time in the
 * transaction right before the first ref moves: so either this is refused, or nothing moves.
 *
 * @throws AppError `not-found`, `forbidden`; `state-changed` where it has not begun, is over, or its refs move already
 */
export async function cancelPromotion(
  ctx: ServiceContext,
  actor: Actor,
  input: CancelPromotionInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.cancel', SOME_STAGE);
  if (actor.kind === 'system') throw new AppError('forbidden', 'only people and service accounts cancel');
  const { number, ...rest } = input;
  const { reason = '' } = parseInput(cancelPromotionSchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    const run = row?.runs.at(-1);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    const refusal = whyNotCancel(cancelSubject(row), policyActor(actor, row.edge.to));
    if (refusal) throw refusalError(number, refusal);
    if (!run) throw new Error(`promotion #${number} is running without a run`);
    await insertRunCancel(tx, { runId: run.id, askedBy: actor.displayName, reason, askedAt: at });
    await recordAudit(tx, {
      kind: 'promotion.cancel-asked',
      at,
      actor: auditActorOf(actor),
      stage: row.edge.to.name,
      promotion: number,
      data: { attempt: run.attempt, reason, session: actor.kind === 'person' ? actor.sessionId : null },
    });
  });
  return getPromotion(ctx, actor, number);
}
