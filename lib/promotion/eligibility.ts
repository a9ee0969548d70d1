import type { Eligibility } from './judge-approvals';
import { type Roles, roleMay, roleOn } from './permission-table';

/** Somebody who can sign in, as far as it decides what they may approve or ask for. */
export interface PolicyPerson extends Roles {
  id: string;
  groups: readonly { id: string; name: string }[];
}

/** Who of these people may approve into the stage, or publish into it in an emergency, by the role that counts there. */
export function eligibilityOn(people: readonly PolicyPerson[], stageId: string): Eligibility {
  const deciders = people.filter((each) => roleMay(roleOn(each, stageId), 'promotion.decide'));
  const askers = people.filter((each) => roleMay(roleOn(each, stageId), 'promotion.emergency'));
  return {
    reviewers: new Set(deciders.map(({ id }) => id)),
    groups: byGroup(deciders, ({ name }) => name),
    requesters: byGroup(askers, ({ id }) => id),
  };
}

function byGroup(
  people: readonly PolicyPerson[],
  keyOf: (group: PolicyPerson['groups'][number]) => string,
): Map<string, Set<string>> {
  const members = new Map<string, Set<string>>();
  for (const { id, groups } of people) {
    for (const group of groups) {
      const key = keyOf(group);
      members.set(key, (members.get(key) ?? new Set()).add(id));
    }
  }
  return members;
}
