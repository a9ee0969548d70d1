import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { EdgeDto } from '../contracts/stage';
import { findEdges } from '../db/edge';
import { readGroupNames } from './approval-settings';
import { edgeDto } from './edge-dto';
import type { ServiceContext } from './service-context';

/** All edges in the order of the pipeline: whoever asks for a promotion has to choose one. */
export async function listEdges(ctx: ServiceContext, actor: Actor): Promise<EdgeDto[]> {
  authorise(actor, 'read');
  const db = await ctx.atHead();
  const names = await readGroupNames(db);
  return (await findEdges(db)).map((row) => edgeDto(row, names));
}
