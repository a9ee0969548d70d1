import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type FreezeDto,
  type FreezeInput,
  type UpdateFreezeInput,
  updateFreezeSchema,
} from '../contracts/freeze';
import { inTransaction } from '../db/client';
import { type FreezeWindowWithStage, freezeTimesOf, updateFreezeWindow } from '../db/freeze';
import { AppError } from '../errors';
import { freezeDto } from './freeze-dto';
import { refuseFreezeName, requireFreeze, requireFreezeStage, requireTimes } from './freeze-input';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Changes a freeze window, from now on. Whoever overrode it did so as it was: such an override is for it no more.
 *
 * @throws AppError `not-found`, `name-taken`, `input-invalid`; `conflict` where someone else changed it just now
 */
export async function updateFreeze(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateFreezeInput & { id: string },
): Promise<FreezeDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const wanted = parseInput(updateFreezeSchema, rest);
  const at = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    const row = await requireFreeze(tx, id);
    const before = inputOf(row);
    const { name, reason, stage, ...next } = { ...before, ...wanted };
    const times = requireTimes(next, at);
    const after = { name, reason, stage, ...times };
    const changes = changesOf(before, after);
    if (changes.length === 0) return freezeDto(row, at);
    await refuseFreezeName(tx, name, id);
    const isChanged = await updateFreezeWindow(tx, row, {
      name,
      reason,
      stageId: await requireFreezeStage(tx, stage),
      startWall: times.start,
      endWall: times.end,
      timeZone: times.timeZone,
      rule: times.rule,
    });
    if (!isChanged) {
      throw new AppError('conflict', 'somebody else changed this freeze window just now; look at it again');
    }
    await recordAudit(tx, {
      kind: 'freeze.updated',
      at,
      actor: auditActorOf(actor),
      ...(stage !== null && { stage }),
      data: { name: before.name, changes },
    });
    return freezeDto(await requireFreeze(tx, id), at);
  });
}

function inputOf(row: FreezeWindowWithStage): FreezeInput {
  return { name: row.name, reason: row.reason, stage: row.stage?.name ?? null, ...freezeTimesOf(row) };
}

const WORDS: Readonly<Record<keyof FreezeInput, string>> = {
  name: 'name',
  reason: 'reason',
  stage: 'stage',
  start: 'start',
  end: 'end',
  timeZone: 'time zone',
  rule: 'rule',
};

/** "end 2026-12-24T18:00 → 2026-12-27T18:00": what changes, as people read it. */
function changesOf(before: FreezeInput, after: FreezeInput): string[] {
  const none: Partial<Record<keyof FreezeInput, string>> = { stage: 'all stages', rule: 'once' };
  return (Object.keys(WORDS) as (keyof FreezeInput)[]).flatMap((field) => {
    const [was, is] = [before, after].map((each) => each[field] ?? none[field] ?? '');
    return was === is ? [] : [`${WORDS[field]} ${was} → ${is}`];
  });
}
