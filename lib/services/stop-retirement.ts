import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import {
  type RetirementDto,
  retirementStateSchema,
  type StopRetirementInput,
  stopRetirementSchema,
} from '../contracts/retirement';
import { inTransaction } from '../db/client';
import { findRetirementById, stopRetirementRow } from '../db/retirement';
import { AppError } from '../errors';
import { whyNotKeep } from '../promotion/retirement';
import { parseInput } from './parse-input';
import { retirementDtos } from './retirement-dto';
import type { ServiceContext } from './service-context';

/**
 * Keeps the commits of refs that were removed: Treeline deletes none of them. They stay in the repository without a ref, until
 * somebody prunes it.
 *
 * @throws AppError `not-found`; `state-changed` where it has begun or is over
 */
export async function stopRetirement(
  ctx: ServiceContext,
  actor: Actor,
  { id, ...input }: StopRetirementInput & { id: string },
): Promise<RetirementDto> {
  authorise(actor, 'retirement.stop', SOME_STAGE);
  const { reason } = parseInput(stopRetirementSchema, input);
  const endedAt = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const found = await findRetirementById(tx, id);
    if (!found) throw new AppError('not-found', 'there is no such retirement');
    authorise(actor, 'retirement.stop', found.stage);
    const refusal = whyNotKeep(retirementStateSchema.parse(found.state), true);
    const by = auditActorOf(actor);
    const stopped = { stoppedBy: by.name, stopReason: reason, endedAt };
    if (refusal !== null || !(await stopRetirementRow(tx, id, stopped))) {
      const { name } = found.stage;
      const why = refusal?.why ?? 'it has begun';
      throw new AppError(
        'state-changed',
        `what #${found.promotionNumber} left in ${name} can’t be kept: ${why}`,
      );
    }
    await recordAudit(tx, {
      kind: 'retirement.stopped',
      at: endedAt,
      actor: by,
      stage: found.stage.name,
      promotion: found.promotionNumber,
      data: { reason, session: actor.kind === 'person' ? actor.sessionId : null },
    });
    return findRetirementById(tx, id);
  });
  const [dto] = await retirementDtos(ctx.db, row === null ? [] : [row]);
  return dto as RetirementDto;
}
