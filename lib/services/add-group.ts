import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type AddGroupInput, addGroupSchema, type GroupDto } from '../contracts/policy';
import { inTransaction } from '../db/client';
import { findGroups, insertGroup } from '../db/group';
import { AppError } from '../errors';
import { planGroupChange, requireGroup } from './group-change';
import { readGroupDto } from './group-dto';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

/**
 * Adds a group of people, for approval rules to name.
 * @throws AppError `name-taken`; `not-found` for a person
 */
export async function addGroup(ctx: ServiceContext, actor: Actor, input: AddGroupInput): Promise<GroupDto> {
  authorise(actor, 'settings.write');
  const { name, members = [] } = parseInput(addGroupSchema, input);
  const at = ctx.clock.now();
  return inTransaction(ctx.db, async (tx) => {
    if ((await findGroups(tx)).some((group) => group.name === name)) {
      throw new AppError('name-taken', `there is a group called ${name} already`, {
        details: { field: 'name' },
      });
    }
    const { added } = await planGroupChange(tx, { members: [] }, members);
    const id = randomUUID();
    await insertGroup(tx, { id, name, createdAt: at, members: added.map((person) => person.id) });
    const data = { name, members: added.map((person) => person.name) };
    await recordAudit(tx, { kind: 'group.added', at, actor: auditActorOf(actor), data });
    return readGroupDto(tx, await requireGroup(tx, id));
  });
}
