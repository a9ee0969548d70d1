import type { Role } from '../../contracts/scalars';
import { addPerson } from '../../services/add-person';
import { listPeople } from '../../services/list-people';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

export interface PersonAddOptions extends HomeOptions {
  role: Role;
  displayName?: string;
  json?: true;
}

/** `treeline person add`: makes an account; its one-time password is printed here and nowhere else. */
export async function personAdd(name: string, options: PersonAddOptions): Promise<void> {
  const added = await withServices(openChosenHome(options), (ctx, actor) =>
    addPerson(ctx, actor, { name, displayName: options.displayName ?? name, role: options.role }),
  );
  if (options.json) printJson(added);
  else {
    printLines([
      `Added ${added.person.name} (${added.person.role}).`,
      `One-time password: ${added.oneTimePassword}`,
      'It is shown only here, and must be changed at the first sign-in.',
    ]);
  }
}

/** `treeline person list`. */
export async function personList(options: HomeOptions & { json?: true }): Promise<void> {
  const people = await withServices(openChosenHome(options), (ctx, actor) => listPeople(ctx, actor));
  if (options.json) printJson(people);
  else {
    printTable(
      people.map((person) => [
        person.name,
        person.role,
        person.displayName,
        person.disabledAt ? 'disabled' : '',
      ]),
    );
  }
}
