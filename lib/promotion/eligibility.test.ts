import { expect, test } from 'vitest';
import type { Role, StageRole } from '../contracts/scalars';
import { eligibilityOn, type PolicyPerson } from './eligibility';

const release = { id: 'group-r', name: 'release' };
const person = (id: string, role: Role, production?: StageRole): PolicyPerson => ({
  id,
  role,
  stageRoles: new Map(production === undefined ? [] : [['production', production]]),
  groups: [release],
});

test('who may approve or publish in an emergency is said by the role that counts for the stage', () => {
  const people = [
    person('reviewer', 'reviewer'),
    person('reviewer there', 'viewer', 'reviewer'),
    person('viewer there', 'reviewer', 'viewer'),
    person('manager', 'release-manager'),
    person('manager there', 'reviewer', 'release-manager'),
    person('reviewer of managers', 'release-manager', 'reviewer'),
    person('admin', 'admin', 'reviewer'),
    person('auditor', 'auditor', 'reviewer'),
  ];
  const there = eligibilityOn(people, 'production');
  const deciders = ['reviewer', 'reviewer there', 'reviewer of managers'];
  expect([...there.reviewers]).toEqual(deciders);
  expect(there.groups).toEqual(new Map([['release', new Set(deciders)]]));
  expect(there.requesters).toEqual(new Map([['group-r', new Set(['manager', 'manager there'])]]));
  const elsewhere = eligibilityOn(people, 'staging');
  expect([...elsewhere.reviewers]).toEqual(['reviewer', 'viewer there', 'manager there']);
  expect(elsewhere.requesters).toEqual(new Map([['group-r', new Set(['manager', 'reviewer of managers'])]]));
});
