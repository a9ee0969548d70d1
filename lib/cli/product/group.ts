import type { SystemActor } from '../../auth/actor';
import type { GroupDto } from '../../contracts/policy';
import { AppError } from '../../errors';
import { addGroup } from '../../services/add-group';
import { listGroups } from '../../services/list-groups';
import { listPeople } from '../../services/list-people';
import { previewGroupChange } from '../../services/preview-group-change';
import { removeGroup } from '../../services/remove-group';
import type { ServiceContext } from '../../services/service-context';
import { updateGroup } from '../../services/update-group';
import { printJson, printLines, printNotice, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

type Options = HomeOptions & { json?: true };

/** `treeline group add`. */
export async function groupAdd(name: string, options: Options & { member?: string[] }): Promise<void> {
  const group = await withServices(openChosenHome(options), async (ctx, actor) =>
    addGroup(ctx, actor, { name, members: await findIds(ctx, actor, options.member ?? []) }),
  );
  if (options.json) printJson(group);
  else printLines([`Added the group ${name} (${namesOf(group)}).`]);
}

/** `treeline group set`: says what the change voids, and does it. */
export async function groupSet(name: string, people: string[], options: Options): Promise<void> {
  await withServices(openChosenHome(options), async (ctx, actor) => {
    const { id } = await findGroup(ctx, actor, name);
    const members = await findIds(ctx, actor, people);
    const effect = await previewGroupChange(ctx, actor, { id, members });
    const group = await updateGroup(ctx, actor, { id, members });
    if (options.json) printJson(group);
    else printLines([`The group ${name} is now ${namesOf(group)}.`]);
    for (const { number, voided } of effect.promotions) {
      printNotice(`treeline: ${voided.length} approvals of #${number} are void`);
    }
  });
}

/** `treeline group list`. */
export async function groupList(options: Options): Promise<void> {
  const groups = await withServices(openChosenHome(options), (ctx, actor) => listGroups(ctx, actor));
  if (options.json) printJson(groups);
  else {
    printTable(
      groups.map((group) => [
        group.name,
        namesOf(group),
        group.edges.map(({ from, to }) => `${from} → ${to}`).join(', '),
      ]),
    );
  }
}

/** `treeline group remove`. */
export async function groupRemove(name: string, options: Options): Promise<void> {
  const group = await withServices(openChosenHome(options), async (ctx, actor) =>
    removeGroup(ctx, actor, (await findGroup(ctx, actor, name)).id),
  );
  if (options.json) printJson(group);
  else printLines([`Removed the group ${name}.`]);
}

function namesOf({ members }: GroupDto): string {
  return members.length === 0 ? 'nobody yet' : members.map((member) => member.name).join(', ');
}

async function findGroup(ctx: ServiceContext, actor: SystemActor, name: string): Promise<GroupDto> {
  const group = (await listGroups(ctx, actor)).find((each) => each.name === name);
  if (group) return group;
  throw new AppError('not-found', `there is no group called ${name}; treeline group list shows all`);
}

async function findIds(ctx: ServiceContext, actor: SystemActor, names: readonly string[]): Promise<string[]> {
  const people = await listPeople(ctx, actor);
  return names.map((name) => {
    const person = people.find((each) => each.name === name);
    if (person) return person.id;
    throw new AppError('not-found', `there is nobody called ${name}; treeline person list shows all`);
  });
}
