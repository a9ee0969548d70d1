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

/** Who may approve now: reviewers who can sign in, and those of them who are in each group. */
export async function readEligibility(db: Reader): Promise<Eligibility> {
  const reviewers = await db.person.findMany({
    where: { role: 'reviewer', disabledAt: null },
    select: { id: true, groups: { select: { group: { select: { name: true } } } } },
    orderBy: { id: 'asc' },
  });
  const groups = new Map<string, Set<string>>();
  for (const { id, groups: memberships } of reviewers) {
    for (const { group } of memberships)
      groups.set(group.name, (groups.get(group.name) ?? new Set()).add(id));
  }
  return { reviewers: new Set(reviewers.map(({ id }) => id)), groups };
}
