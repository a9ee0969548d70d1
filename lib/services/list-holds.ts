import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type HoldDto, type ListHoldsInput, listHoldsSchema } from '../contracts/hold';
import { findAllHolds } from '../db/hold';
import { holdDtos } from './hold-dto';
import { parseInput } from './parse-input';
import { requireStage } from './require-stage';
import type { ServiceContext } from './service-context';

/** The holds that stand, of one stage or all, by stage and ref. @throws AppError `not-found` for the stage */
export async function listHolds(
  ctx: ServiceContext,
  actor: Actor,
  input: ListHoldsInput = {},
): Promise<HoldDto[]> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const { stage } = parseInput(listHoldsSchema, input);
  const stageId = stage === undefined ? null : (await requireStage(db, stage)).id;
  return holdDtos(db, await findAllHolds(db, stageId), (row) => row.stage.name);
}
