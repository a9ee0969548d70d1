import type { Actor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import type { PlanInput, PlanKind } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { type EdgeWithStages, findEdgeById } from '../db/edge';
import { AppError } from '../errors';
import type { StageAction } from '../promotion/permission-table';

/** The right that each kind needs beside that to ask. */
const KIND_RIGHTS: Readonly<Record<PlanKind, StageAction | null>> = {
  promote: null,
  'roll-forward': 'promotion.rollback',
  reset: 'promotion.rollback',
  remove: 'promotion.remove',
};

/**
 * Whether somebody may ask for what leads along the edge: by their rights for the stage it leads into. A rollback and
 * a removal each need a right of their own beside that to ask.
 *
 * @returns the edge
 * @throws AppError `forbidden`; `not-found` for the edge
 */
export async function authoriseRequest(
  db: Reader,
  actor: Actor,
  { edge: id, kind = 'promote' }: Pick<PlanInput, 'edge' | 'kind'>,
): Promise<EdgeWithStages> {
  const right = KIND_RIGHTS[kind];
  if (right !== null) authorise(actor, right, SOME_STAGE);
  const edge = await findEdgeById(db, id);
  if (!edge) throw new AppError('not-found', 'there is no such edge', { details: { field: 'edge' } });
  authorise(actor, 'promotion.request', edge.to);
  if (right !== null) authorise(actor, right, edge.to);
  return edge;
}
