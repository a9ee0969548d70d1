import type { Eligibility } from '../promotion/judge-approvals';
import type { Reader, Transaction } from './client';
import type { Group, GroupMember, Person } from './generated/client';

/** A group with those who are in it, by their names. */
export type GroupWithMembers = Group & { members: (GroupMember & { person: Person })[] };

const withMembers = {
  members: { include: { person: true }, orderBy: { person: { name: 'asc' as const } } },
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

/** Who may approve or ask now: reviewers and release managers who can sign in, and those of them who are in each group. */
export async function readEligibility(db: Reader): Promise<Eligibility> {
  const people = await db.person.findMany({
    where: { role: { in: ['reviewer', 'release-manager'] }, disabledAt: null },
    select: { id: true, role: true, groups: { select: { group: { select: { id: true, name: true } } } } },
    orderBy: { id: 'asc' },
  });
  const groups = new Map<string, Set<string>>();
  const requesters = new Map<string, Set<string>>();
  for (const { id, role, groups: memberships } of people) {
    for (const { group } of memberships) {
      const [byGroup, key] = role === 'reviewer' ? [groups, group.name] : [requesters, group.id];
      byGroup.set(key, (byGroup.get(key) ?? new Set()).add(id));
    }
  }
  const reviewers = people.flatMap(({ id, role }) => (role === 'reviewer' ? [id] : []));
  return { reviewers: new Set(reviewers), groups, requesters };
}
