import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type GroupDto, type UpdateGroupInput, updateGroupSchema } from '../contracts/policy';
import { inTransaction } from '../db/client';
import { changeMembers } from '../db/group';
import { applyEffects, findEffectsOfPeople } from './approval-effects';
import { planGroupChange, requireGroup } from './group-change';
import { readGroupDto } from './group-dto';
import { parseInput } from './parse-input';
import { readPolicyMoment } from './policy-moment';
import type { ServiceContext } from './service-context';

/**
 * Says who is in a group from now on. Whoever comes in may approve what is asked for from now on; approvals of those who
 * leave, where no other rule lets them approve, are void, and what lacks one then waits for approval again.
 *
 * @throws AppError `not-found` for the group or a person
 */
export async function updateGroup(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateGroupInput & { id: string },
): Promise<GroupDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const { members } = parseInput(updateGroupSchema, rest);
  const at = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    const group = await requireGroup(tx, id);
    const { added, removed } = await planGroupChange(tx, group, members);
    if (added.length + removed.length === 0) return readGroupDto(tx, group);
    const before = await readPolicyMoment(tx, at);
    const ids = (people: typeof added) => people.map((person) => person.id);
    await changeMembers(tx, id, { added: ids(added), removed: ids(removed), at });
    const names = (people: typeof added) => people.map((person) => person.name);
    const data = { name: group.name, added: names(added), removed: names(removed) };
    await recordAudit(tx, { kind: 'group.updated', at, actor: auditActorOf(actor), data });
    const effects = await findEffectsOfPeople(tx, before, await readPolicyMoment(tx, at));
    await applyEffects(tx, effects, {
      why: `${names(removed).join(', ')} left the group ${group.name}`,
      actor,
      at,
    });
    return readGroupDto(tx, await requireGroup(tx, id));
  });
}
