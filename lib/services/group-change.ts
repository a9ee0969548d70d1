import type { Reader } from '../db/client';
import { findGroupById, type GroupWithMembers } from '../db/group';
import { findPeople, type PersonRow } from '../db/person';
import { AppError } from '../errors';
import type { ApprovalMoment, Eligibility } from '../promotion/judge-approvals';

/** Who comes into a group and who leaves it. */
export interface GroupChange {
  added: PersonRow[];
  removed: PersonRow[];
}

/** @throws AppError `not-found` */
export async function requireGroup(db: Reader, id: string): Promise<GroupWithMembers> {
  const group = await findGroupById(db, id);
  if (group) return group;
  throw new AppError('not-found', 'there is no such group');
}

/** What has to change so that exactly `wanted` are in the group. @throws AppError `not-found` for one of them */
export async function planGroupChange(
  db: Reader,
  group: Pick<GroupWithMembers, 'members'>,
  wanted: readonly string[],
): Promise<GroupChange> {
  const people = new Map((await findPeople(db)).map((person) => [person.id, person]));
  const isIn = new Set(group.members.map(({ personId }) => personId));
  const added = [...new Set(wanted)].flatMap((id) => {
    const person = people.get(id);
    if (!person) {
      throw new AppError('not-found', 'one of the people is not there any more', {
        details: { field: 'members' },
      });
    }
    return isIn.has(id) ? [] : [person];
  });
  const removed = group.members
    .filter(({ personId }) => !wanted.includes(personId))
    .map(({ person }) => person);
  return { added, removed };
}

/** "+ reviewer, − auditor": the change as people read it. */
export function groupSentences({ added, removed }: GroupChange): string[] {
  return [...added.map(({ name }) => `+ ${name}`), ...removed.map(({ name }) => `− ${name}`)];
}

/** The moment as it would be after the change. Only reviewers and release managers who can sign in count. */
export function momentAfter(
  moment: ApprovalMoment,
  group: { id: string; name: string },
  change: GroupChange,
): ApprovalMoment {
  const { eligibility } = moment;
  if (eligibility === null) return moment;
  const mayAsk = ({ role, disabledAt }: PersonRow) => role === 'release-manager' && disabledAt === null;
  const after = (of: Eligibility['groups'], key: string, counts: (person: PersonRow) => boolean) => {
    const members = new Set(of.get(key));
    for (const person of change.added) if (counts(person)) members.add(person.id);
    for (const { id } of change.removed) members.delete(id);
    return new Map([...of, [key, members]]);
  };
  const groups = after(eligibility.groups, group.name, ({ id }) => eligibility.reviewers.has(id));
  const requesters = after(eligibility.requesters, group.id, mayAsk);
  return { ...moment, eligibility: { ...eligibility, groups, requesters } };
}
