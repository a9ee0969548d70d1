import type { Reader } from '../db/client';
import { findGroupById, type GroupWithMembers } from '../db/group';
import { findPeople, type PersonRow } from '../db/person';
import { AppError } from '../errors';
import { type PolicyMoment, policyMoment } from './policy-moment';

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

/** The moment as it would be after the change. */
export function momentAfter(
  moment: PolicyMoment,
  group: { id: string; name: string },
  change: GroupChange,
): PolicyMoment {
  const added = new Set(change.added.map(({ id }) => id));
  const removed = new Set(change.removed.map(({ id }) => id));
  const { id, name } = group;
  const people = moment.people.map((person) => {
    if (added.has(person.id)) return { ...person, groups: [...person.groups, { id, name }] };
    if (!removed.has(person.id)) return person;
    return { ...person, groups: person.groups.filter((each) => each.id !== id) };
  });
  return policyMoment(moment.at, people);
}
