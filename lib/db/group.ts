import { roleSchema } from '../contracts/scalars';
import { eligibilityOn, type PolicyPerson } from '../promotion/eligibility';
import type { Eligibility } from '../promotion/judge-approvals';
import { PROGRAM_ROLES } from '../promotion/service-role';
import type { Reader, Transaction } from './client';
import type { Group, GroupMember } from './generated/client';
import { type PersonRow, stageRolesOf, withStageRoles } from './person';

/** A group with those who are in it, by their names. */
export type GroupWithMembers = Group & { members: (GroupMember & { person: PersonRow })[] };

const withMembers = {
  members: {
    include: { person: { include: withStageRoles } },
    orderBy: { person: { name: 'asc' as const } },
  },
};

/** All groups, by name. */
export function findGroups(db: Reader): Promise<GroupWithMembers[]> {
  return db.group.findMany({ include: withMembers, orderBy: { name: 'asc' } });
}

export function findGroupById(db: Reader, id: string): Promise<GroupWithMembers | null> {
  return db.group.findUnique({ where: { id }, include: withMembers });
}

export async function insertGroup(
  tx: Transaction,
  group: { id: string; name: string; createdAt: Date; members: readonly string[] },
): Promise<void> {
  const { members, ...row } = group;
  await tx.group.create({ data: row });
  await addMembers(tx, group.id, members, group.createdAt);
}

/** Puts people into a group and takes others out of it. */
export async function changeMembers(
  tx: Transaction,
  groupId: string,
  change: { added: readonly string[]; removed: readonly string[]; at: Date },
): Promise<void> {
  await tx.groupMember.deleteMany({ where: { groupId, personId: { in: [...change.removed] } } });
  await addMembers(tx, groupId, change.added, change.at);
}

async function addMembers(tx: Transaction, groupId: string, ids: readonly string[], addedAt: Date) {
  for (const personId of ids) await tx.groupMember.create({ data: { groupId, personId, addedAt } });
}

/** Deletes a group; who was in it stays. */
export async function deleteGroup(tx: Transaction, id: string): Promise<void> {
  await tx.group.delete({ where: { id } });
}

/** Everybody who can sign in, with the roles and groups that decide what they may approve or ask for. */
export async function readPolicyPeople(db: Reader): Promise<PolicyPerson[]> {
  const people = await db.person.findMany({
    where: { role: { notIn: PROGRAM_ROLES }, disabledAt: null },
    select: {
      id: true,
      role: true,
      stageRoles: { select: { stageId: true, role: true } },
      groups: { select: { group: { select: { id: true, name: true } } } },
    },
    orderBy: { id: 'asc' },
  });
  return people.flatMap((person) => {
    const role = roleSchema.safeParse(person.role);
    if (!role.success) return [];
    const groups = person.groups.map(({ group }) => group);
    return [{ id: person.id, role: role.data, stageRoles: stageRolesOf(person), groups }];
  });
}

/** Who may approve into the stage now, or publish into it in an emergency. */
export async function readEligibility(db: Reader, stageId: string): Promise<Eligibility> {
  return eligibilityOn(await readPolicyPeople(db), stageId);
}
