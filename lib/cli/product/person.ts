import { type PersonDto, type RoleOnStage, roleOnStageSchema } from '../../contracts/person';
import { type Role, stageRoleSchema } from '../../contracts/scalars';
import { AppError } from '../../errors';
import { addPerson } from '../../services/add-person';
import { listPeople } from '../../services/list-people';
import { updatePerson } from '../../services/update-person';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

interface PersonOptions extends HomeOptions {
  roleFor?: ReadonlyMap<string, string>;
  displayName?: string;
  json?: true;
}
export interface PersonAddOptions extends PersonOptions {
  role: Role;
}
export interface PersonSetOptions extends PersonOptions {
  role?: Role;
  dropRoleFor?: string[];
}

/** `treeline person add`: makes an account; its one-time password is printed here and nowhere else. */
export async function personAdd(name: string, options: PersonAddOptions): Promise<void> {
  const { role, displayName = name } = options;
  const stageRoles = stageRolesIn(options);
  const added = await withServices(openChosenHome(options), (ctx, actor) =>
    addPerson(ctx, actor, { name, displayName, role, ...(stageRoles.length > 0 && { stageRoles }) }),
  );
  if (options.json) printJson(added);
  else {
    printLines([
      `Added ${added.person.name} (${rolesText(added.person)}).`,
      `One-time password: ${added.oneTimePassword}`,
      'It is shown only here, and must be changed at the first sign-in.',
    ]);
  }
}

/** `treeline person set`: roles for stages that are not named stay. */
export async function personSet(name: string, options: PersonSetOptions): Promise<void> {
  const { role, displayName, dropRoleFor = [] } = options;
  const given = stageRolesIn(options);
  const named = new Set([...given.map(({ stage }) => stage), ...dropRoleFor]);
  const changed = await withServices(openChosenHome(options), async (ctx, actor) => {
    const person = (await listPeople(ctx, actor)).find((each) => each.name === name);
    if (!person) {
      throw new AppError('not-found', `there is nobody called ${name}; treeline person list shows all`);
    }
    const missing = dropRoleFor.find((stage) => !person.stageRoles.some((each) => each.stage === stage));
    if (missing !== undefined) {
      throw new AppError('not-found', `${name} has no role of their own for ${missing}`);
    }
    const stageRoles = [...person.stageRoles.filter(({ stage }) => !named.has(stage)), ...given];
    return updatePerson(ctx, actor, {
      id: person.id,
      ...(role !== undefined && { role }),
      ...(displayName !== undefined && { displayName }),
      ...(named.size > 0 && { stageRoles }),
    });
  });
  if (options.json) printJson(changed.person);
  else printLines([`${name} is now ${rolesText(changed.person)}.`]);
}

/** `treeline person list`. */
export async function personList(options: HomeOptions & { json?: true }): Promise<void> {
  const people = await withServices(openChosenHome(options), (ctx, actor) => listPeople(ctx, actor));
  if (options.json) printJson(people);
  else {
    printTable(
      people.map((person) => [
        person.name,
        rolesText(person),
        person.displayName,
        person.disabledAt ? 'disabled' : '',
      ]),
    );
  }
}

/** "viewer, reviewer for production". */
function rolesText({ role, stageRoles }: PersonDto): string {
  return [role, ...stageRoles.map((each) => `${each.role} for ${each.stage}`)].join(', ');
}

function stageRolesIn({ roleFor = new Map() }: PersonOptions): RoleOnStage[] {
  return [...roleFor].map(([stage, role]) => {
    const parsed = roleOnStageSchema.safeParse({ stage, role });
    if (parsed.success) return parsed.data;
    const roles = stageRoleSchema.options.join(', ');
    throw new AppError('input-invalid', `--role-for ${stage}=${role}: name a stage and one of ${roles}`);
  });
}
