import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type HoldDto, type SetHoldInput, setHoldSchema } from '../contracts/hold';
import { inTransaction } from '../db/client';
import { findEdges } from '../db/edge';
import { findHoldOf, insertHold } from '../db/hold';
import type { StageWithKeys } from '../db/stage';
import { AppError } from '../errors';
import { resolveRef } from '../ostree';
import { holdDtos } from './hold-dto';
import { InputInvalidError, parseInput } from './parse-input';
import { withRepositories } from './repositories';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

/**
 * Holds a ref of a stage where it is, until somebody lifts the hold. Promotions may be asked for and approved meanwhile; their
 * runs wait. One whose refs are moving already is not stopped.
 *
 * @throws AppError `not-found` for the stage, `input-invalid` for a ref that it doesn't have or a stage that nothing leads
 *   into; `conflict` where somebody holds the ref already
 */
export async function setHold(ctx: ServiceContext, actor: Actor, input: SetHoldInput): Promise<HoldDto> {
  authorise(actor, 'hold.set', SOME_STAGE);
  const { stage: name, ref, scope, reason } = parseInput(setHoldSchema, input);
  const stage = await requireStage(ctx.db, name);
  authorise(actor, 'hold.set', stage);
  await refuseIdle(ctx, stage, ref);
  const at = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const hold = { stageId: stage.id, ref, origin: 'hand' as const };
    const present = await findHoldOf(tx, hold);
    if (present) {
      throw new AppError('conflict', `${ref} is held already, by ${present.setBy}; lift that first`, {
        details: { hold: present.id },
      });
    }
    const { name: setBy } = auditActorOf(actor);
    const set = await insertHold(tx, { ...hold, scope, reason, setBy, promotionNumber: null, setAt: at });
    await recordAudit(tx, {
      kind: 'hold.set',
      at,
      actor: auditActorOf(actor),
      stage: stage.name,
      ref,
      data: { scope, origin: 'hand', reason },
    });
    return set;
  });
  const [dto] = await holdDtos(ctx.db, [row], () => stage.name);
  return dto as HoldDto;
}

/** A hold of what nothing could move says something that is not so. */
async function refuseIdle(ctx: ServiceContext, stage: StageWithKeys, ref: string): Promise<void> {
  const edges = await findEdges(ctx.db);
  if (!edges.some((edge) => edge.toStageId === stage.id)) {
    throw new InputInvalidError({
      stage: `no edge leads into ${stage.name}, so no promotion moves its refs`,
    });
  }
  await withRepositories(async (repos) => {
    const { repo } = repos.tryOpen(stage);
    // While it can't be read, a hold may be just what is needed.
    if (repo === null || resolveRef(repo, ref) !== null) return;
    throw new InputInvalidError({ ref: `${stage.name} has no ref ${ref}` });
  });
}
