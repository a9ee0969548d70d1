import type { PersonActor } from '../auth/actor';
import { systemActor } from '../auth/actor';
import { makeOneTimePassword } from '../auth/one-time-password';
import type { Role } from '../contracts/scalars';
import { addPerson } from '../services/add-person';
import { changePassword } from '../services/change-password';
import type { ServiceContext } from '../services/service-context';

/** Someone of the demo, with the password that is printed once. */
export interface DemoPerson {
  name: string;
  password: string;
}

const PEOPLE = [
  { name: 'release-manager', displayName: 'Release manager', role: 'release-manager' },
  { name: 'reviewer', displayName: 'Reviewer', role: 'reviewer' },
  { name: 'auditor', displayName: 'Auditor', role: 'auditor' },
  { name: 'admin', displayName: 'Admin', role: 'admin' },
] as const satisfies { name: string; displayName: string; role: Role }[];

export type DemoPersonName = (typeof PEOPLE)[number]['name'];

/** Makes the accounts, each with a password of chance that need not be changed. */
export async function addDemoPeople(
  ctx: ServiceContext,
): Promise<{ people: DemoPerson[]; actors: Record<DemoPersonName, PersonActor> }> {
  const people: DemoPerson[] = [];
  const actors: Partial<Record<DemoPersonName, PersonActor>> = {};
  for (const input of PEOPLE) {
    const { person, oneTimePassword } = await addPerson(ctx, systemActor('demo'), input);
    const actor: PersonActor = {
      ...person,
      kind: 'person',
      stageRoles: new Map(),
      mustChangePassword: true,
      sessionId: null,
    };
    const password = makeOneTimePassword();
    await changePassword(ctx, actor, { currentPassword: oneTimePassword, newPassword: password });
    people.push({ name: person.name, password });
    actors[input.name] = { ...actor, mustChangePassword: false };
  }
  return { people, actors: actors as Record<DemoPersonName, PersonActor> };
}
