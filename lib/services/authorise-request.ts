import type { Actor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import type { PlanInput } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { type EdgeWithStages, findEdgeById } from '../db/edge';
import { AppError } from '../errors';

/**
 * Whether somebody may ask for what leads along the edge: by their rights for the stage it leads into. A rollback needs a
 * right of its own beside that to ask.
 *
 * @returns the edge
 * @throws AppError `forbidden`; `not-found` for the edge
 */
export async function authoriseRequest(
  db: Reader,
  actor: Actor,
  { edge: id, kind = 'promote' }: Pick<PlanInput, 'edge' | 'kind'>,
): Promise<EdgeWithStages> {
  if (kind !== 'promote') authorise(actor, 'promotion.rollback', SOME_STAGE);
  const edge = await findEdgeById(db, id);
  if (!edge) throw new AppError('not-found', 'there is no such edge', { details: { field: 'edge' } });
  authorise(actor, 'promotion.request', edge.to);
  if (kind !== 'promote') authorise(actor, 'promotion.rollback', edge.to);
  return edge;
}
