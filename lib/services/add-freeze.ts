import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type FreezeDto, type FreezeInput, freezeInputSchema } from '../contracts/freeze';
import { inTransaction } from '../db/client';
import { insertFreezeWindow } from '../db/freeze';
import { freezeDto, whenText } from './freeze-dto';
import { refuseFreezeName, requireFreeze, requireFreezeStage, requireTimes } from './freeze-input';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Adds a time at which nothing is published into a stage, or into any. It holds for whatever has not passed its commit
 * point by then; no approval is void.
 *
 * @throws AppError `input-invalid` for the field that is wrong, `name-taken`, `not-found` for the stage
 */
export async function addFreeze(ctx: ServiceContext, actor: Actor, input: FreezeInput): Promise<FreezeDto> {
  authorise(actor, 'settings.write');
  const { name, reason, stage, ...rest } = parseInput(freezeInputSchema, input);
  const at = ctx.clock.now();
  const times = requireTimes(rest, at);
  return inTransaction(ctx.db, async (tx) => {
    await refuseFreezeName(tx, name, null);
    const stageId = await requireFreezeStage(tx, stage);
    const id = randomUUID();
    await insertFreezeWindow(tx, {
      id,
      name,
      reason,
      stageId,
      startWall: times.start,
      endWall: times.end,
      timeZone: times.timeZone,
      rule: times.rule,
      version: 1,
      createdBy: auditActorOf(actor).name,
      createdAt: at,
      removedAt: null,
    });
    await recordAudit(tx, {
      kind: 'freeze.added',
      at,
      actor: auditActorOf(actor),
      ...(stage !== null && { stage }),
      data: { name, when: whenText(times), reason },
    });
    return freezeDto(await requireFreeze(tx, id), at);
  });
}
