import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { FreezeDto } from '../contracts/freeze';
import { inTransaction } from '../db/client';
import { freezeTimesOf, updateFreezeWindow } from '../db/freeze';
import { AppError } from '../errors';
import { freezeDto, whenText } from './freeze-dto';
import { requireFreeze } from './freeze-input';
import type { ServiceContext } from './service-context';

/**
 * Removes a freeze window, also while it holds: what waits for it alone begins.
 * @returns the window as it was
 * @throws AppError `not-found`; `conflict` where someone else changed it just now
 */
export async function removeFreeze(ctx: ServiceContext, actor: Actor, id: string): Promise<FreezeDto> {
  authorise(actor, 'settings.write');
  const at = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    const row = await requireFreeze(tx, id);
    if (!(await updateFreezeWindow(tx, row, { removedAt: at }))) {
      throw new AppError('conflict', 'somebody else changed this freeze window just now; look at it again');
    }
    await recordAudit(tx, {
      kind: 'freeze.removed',
      at,
      actor: auditActorOf(actor),
      ...(row.stage !== null && { stage: row.stage.name }),
      data: { name: row.name, when: whenText(freezeTimesOf(row)) },
    });
    return freezeDto(row, at);
  });
}
