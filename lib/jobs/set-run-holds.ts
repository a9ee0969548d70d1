import { recordAudit } from '../audit/record-audit';
import type { HoldOrigin, HoldScope } from '../contracts/hold';
import { isRemoval, isRollback, isWithinStage, type Plan } from '../contracts/promotion';
import type { Transaction } from '../db/client';
import { findHoldOf, insertHold, liftHoldRow } from '../db/hold';
import type { RunScope } from './run-scope';

const worker = { id: null, name: 'worker' };

/**
 * Holds the refs of a run that is recorded as published, in that very transaction: those of a rollback against every promotion,
 * so that the next one doesn't undo it; those for which somebody chose an older commit, and those that were removed, against
 * automatic promotion. One
 * of the same origin that stands already makes way for it.
 */
export async function setRunHolds(
  tx: Transaction,
  { candidate: { promotion }, plan, to }: RunScope,
  at: Date,
): Promise<void> {
  const chosen = isWithinStage(plan)
    ? plan.refs
    : await tx.promotionRef.findMany({
        where: { promotionId: promotion.id, isOlderChoice: true },
        orderBy: { targetRef: 'asc' },
      });
  const origin = originOf(plan);
  const scope: HoldScope = isRollback(plan) ? 'every' : 'automatic';
  const { number: promotionNumber, reason } = promotion;
  for (const { targetRef: ref } of chosen) {
    const about = { at, actor: worker, stage: to.name, ref };
    const before = await findHoldOf(tx, { stageId: to.id, ref, origin });
    if (before) {
      const liftReason = `#${promotionNumber} took the place of #${before.promotionNumber}`;
      await liftHoldRow(tx, before.id, { liftedBy: worker.name, liftedAt: at, liftReason });
      await recordAudit(tx, {
        kind: 'hold.lifted',
        ...about,
        ...(before.promotionNumber !== null && { promotion: before.promotionNumber }),
        data: { origin, reason: liftReason },
      });
    }
    const hold = {
      stageId: to.id,
      ref,
      scope,
      origin,
      promotionNumber,
      reason,
      setBy: worker.name,
      setAt: at,
    };
    await insertHold(tx, hold);
    const data = { scope, origin, reason };
    await recordAudit(tx, { kind: 'hold.set', ...about, promotion: promotionNumber, data });
  }
}

function originOf(plan: Plan): HoldOrigin {
  if (isRemoval(plan)) return 'removal';
  return isRollback(plan) ? 'rollback' : 'older-choice';
}
