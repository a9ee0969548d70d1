import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type OverrideFreezeInput, overrideFreezeSchema } from '../contracts/freeze';
import type { PromotionDto } from '../contracts/promotion';
import { inTransaction } from '../db/client';
import { insertFreezeOverride, readFreeze } from '../db/freeze';
import { findPromotion } from '../db/promotion';
import { AppError } from '../errors';
import { whyNotOverride } from '../promotion/freeze/why-not-override';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { stateOf } from './promotion-dto';
import { refusalError } from './refusal-error';
import type { ServiceContext } from './service-context';

/**
 * Lets one promotion past the freeze windows that hold now: each at this one time, as it is now, and for exactly the plan
 * whose checksum is sent back. It approves nothing. What begins or is changed later stops it again.
 *
 * @throws AppError `not-found`, `forbidden`; `plan-changed` where the plan is another by now; `state-changed` where it
 *   has begun, is over, or nothing freezes it
 */
export async function overrideFreeze(
  ctx: ServiceContext,
  actor: Actor,
  input: OverrideFreezeInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'freeze.override', SOME_STAGE);
  const { number, ...rest } = input;
  const { planChecksum, reason } = parseInput(overrideFreezeSchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    authorise(actor, 'freeze.override', row.edge.to);
    const freeze = row.isEmergency ? null : await readFreeze(tx, row, at);
    const refusal = whyNotOverride({ state: stateOf(row), isFrozen: freeze !== null }, true);
    if (refusal) throw refusalError(number, refusal);
    if (row.planChecksum !== planChecksum) {
      throw new AppError('plan-changed', `the plan of #${number} has changed; look at it again`, {
        details: { promotion: number, planChecksum: row.planChecksum },
      });
    }
    const windows = (freeze?.by ?? []).map(({ window: { id, version, name }, from, to }) => ({
      id,
      version,
      name,
      from,
      to,
    }));
    await insertFreezeOverride(tx, {
      id: randomUUID(),
      promotionId: row.id,
      planChecksum,
      windowsJson: JSON.stringify(windows),
      reason,
      createdBy: auditActorOf(actor).name,
      createdAt: at,
      withdrawnAt: null,
      withdrawnBy: null,
      withdrawReason: null,
    });
    const iso = (instant: number) => new Date(instant).toISOString();
    await recordAudit(tx, {
      kind: 'freeze.overridden',
      at,
      actor: auditActorOf(actor),
      stage: row.edge.to.name,
      promotion: number,
      data: {
        planChecksum,
        windows: windows.map(({ name, from, to }) => ({ name, from: iso(from), to: iso(to) })),
        reason,
        session: actor.kind === 'person' ? actor.sessionId : null,
      },
    });
  });
  return getPromotion(ctx, actor, number);
}
