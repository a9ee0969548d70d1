import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { GroupDto } from '../contracts/policy';
import { findEdges } from '../db/edge';
import { findGroups } from '../db/group';
import { groupDto } from './group-dto';
import type { ServiceContext } from './service-context';

/** All groups by name, with who is in them and which edges ask for them. */
export async function listGroups(ctx: ServiceContext, actor: Actor): Promise<GroupDto[]> {
  authorise(actor, 'settings.read');
  const db = await ctx.atHead();
  const edges = await findEdges(db);
  return (await findGroups(db)).map((row) => groupDto(row, edges));
}
