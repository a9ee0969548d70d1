import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { GroupDto } from '../contracts/policy';
import { inTransaction } from '../db/client';
import { deleteGroup } from '../db/group';
import { AppError } from '../errors';
import { requireGroup } from './group-change';
import { readGroupDto } from './group-dto';
import type { ServiceContext } from './service-context';

/**
 * Removes a group that no edge asks for. Plans that name it are stale already: their edge was changed since.
 * @returns the group as it was
 * @throws AppError `not-found`; `conflict` while the rules of an edge name it
 */
export async function removeGroup(ctx: ServiceContext, actor: Actor, id: string): Promise<GroupDto> {
  authorise(actor, 'settings.write');
  const at = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    const group = await readGroupDto(tx, await requireGroup(tx, id));
    const [edge] = group.edges;
    if (edge) {
      throw new AppError(
        'conflict',
        `the edge from ${edge.from} to ${edge.to} asks for ${group.name}; change its rules first`,
      );
    }
    await deleteGroup(tx, id);
    await recordAudit(tx, {
      kind: 'group.removed',
      at,
      actor: auditActorOf(actor),
      data: { name: group.name },
    });
    return group;
  });
}
