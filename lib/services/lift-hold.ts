import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type HoldDto, holdOriginSchema, type LiftHoldInput, liftHoldSchema } from '../contracts/hold';
import { inTransaction } from '../db/client';
import { findHoldById, liftHoldRow } from '../db/hold';
import { AppError } from '../errors';
import { holdDtos } from './hold-dto';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Lifts a hold: what waits for it alone begins.
 * @returns the hold as it was
 * @throws AppError `not-found`; `state-changed` where it was lifted before
 */
export async function liftHold(
  ctx: ServiceContext,
  actor: Actor,
  input: LiftHoldInput & { id: string },
): Promise<HoldDto> {
  authorise(actor, 'hold.lift', SOME_STAGE);
  const { id, ...rest } = input;
  const { reason } = parseInput(liftHoldSchema, rest);
  const at = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const hold = await findHoldById(tx, id);
    if (!hold) throw new AppError('not-found', 'there is no such hold');
    authorise(actor, 'hold.lift', hold.stage);
    const { name: liftedBy } = auditActorOf(actor);
    if (!(await liftHoldRow(tx, id, { liftedBy, liftedAt: at, liftReason: reason }))) {
      throw new AppError('state-changed', `the hold on ${hold.ref} was lifted before, by ${hold.liftedBy}`);
    }
    await recordAudit(tx, {
      kind: 'hold.lifted',
      at,
      actor: auditActorOf(actor),
      stage: hold.stage.name,
      ref: hold.ref,
      ...(hold.promotionNumber !== null && { promotion: hold.promotionNumber }),
      data: { origin: holdOriginSchema.parse(hold.origin), reason },
    });
    return hold;
  });
  const [dto] = await holdDtos(ctx.db, [row], ({ stage }) => stage.name);
  return dto as HoldDto;
}
