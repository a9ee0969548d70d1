import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type ListRetirementsInput,
  listRetirementsSchema,
  type RetirementDto,
} from '../contracts/retirement';
import { findRetirements } from '../db/retirement';
import { parseInput } from './parse-input';
import { requireStage } from './require-stage';
import { retirementDtos } from './retirement-dto';
import type { ServiceContext } from './service-context';

/** How many that are over are listed. */
const OVER_MAX = 50;

/**
 * What removals left without a ref, in one stage or all: first what is yet to be deleted, by when that is due, then the last that
 * is over.
 * @throws AppError `not-found` for the stage
 */
export async function listRetirements(
  ctx: ServiceContext,
  actor: Actor,
  input: ListRetirementsInput,
): Promise<RetirementDto[]> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const { stage } = parseInput(listRetirementsSchema, input);
  const stageId = stage === undefined ? null : (await requireStage(db, stage)).id;
  return retirementDtos(db, await findRetirements(db, stageId, { overMax: OVER_MAX }));
}
