import type { SystemActor } from '../../auth/actor';
import type { FreezeDto, FreezeTimeDto, UpdateFreezeInput } from '../../contracts/freeze';
import { utcMinute } from '../../contracts/utc-minute';
import { AppError } from '../../errors';
import { addFreeze } from '../../services/add-freeze';
import { getPromotion } from '../../services/get-promotion';
import { listFreezes } from '../../services/list-freezes';
import { overrideFreeze } from '../../services/override-freeze';
import { reinstateFreeze } from '../../services/reinstate-freeze';
import { removeFreeze } from '../../services/remove-freeze';
import type { ServiceContext } from '../../services/service-context';
import { updateFreeze } from '../../services/update-freeze';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

type Options = HomeOptions & { json?: true };

interface WindowOptions extends Options {
  start?: string;
  end?: string;
  zone?: string;
  stage?: string;
  allStages?: true;
  rule?: string;
  once?: true;
  reason?: string;
}

/** `treeline freeze add`. */
export async function freezeAdd(
  name: string,
  options: WindowOptions & { start: string; end: string; zone: string; reason: string },
): Promise<void> {
  const freeze = await withServices(openChosenHome(options), (ctx, actor) =>
    addFreeze(ctx, actor, {
      name,
      reason: options.reason,
      stage: options.stage ?? null,
      start: options.start,
      end: options.end,
      timeZone: options.zone,
      rule: options.rule ?? null,
    }),
  );
  if (options.json) printJson(freeze);
  else printLines([`Added the freeze window ${freeze.name}: ${whenOf(freeze)}.`]);
}

/** `treeline freeze set`: changes what is given. */
export async function freezeSet(name: string, options: WindowOptions): Promise<void> {
  const change: UpdateFreezeInput = {
    ...(options.start !== undefined && { start: options.start }),
    ...(options.end !== undefined && { end: options.end }),
    ...(options.zone !== undefined && { timeZone: options.zone }),
    ...(options.reason !== undefined && { reason: options.reason }),
    ...(options.stage !== undefined && { stage: options.stage }),
    ...(options.allStages && { stage: null }),
    ...(options.rule !== undefined && { rule: options.rule }),
    ...(options.once && { rule: null }),
  };
  const freeze = await withServices(openChosenHome(options), async (ctx, actor) =>
    updateFreeze(ctx, actor, { ...change, id: (await findFreeze(ctx, actor, name)).id }),
  );
  if (options.json) printJson(freeze);
  else printLines([`The freeze window ${freeze.name} is now: ${whenOf(freeze)}.`]);
}

/** `treeline freeze list`. */
export async function freezeList(options: Options): Promise<void> {
  const freezes = await withServices(openChosenHome(options), (ctx, actor) => listFreezes(ctx, actor));
  if (options.json) printJson(freezes);
  else printTable(freezes.map((freeze) => [freeze.name, freeze.stage ?? 'all stages', whenOf(freeze)]));
}

/** `treeline freeze remove`. */
export async function freezeRemove(name: string, options: Options): Promise<void> {
  const freeze = await withServices(openChosenHome(options), async (ctx, actor) =>
    removeFreeze(ctx, actor, (await findFreeze(ctx, actor, name)).id),
  );
  if (options.json) printJson(freeze);
  else printLines([`Removed the freeze window ${freeze.name}.`]);
}

/** `treeline freeze override`: for the plan that the promotion has now. */
export async function freezeOverride(number: number, options: Options & { reason: string }): Promise<void> {
  const promotion = await withServices(openChosenHome(options), async (ctx, actor) => {
    const { planChecksum } = await getPromotion(ctx, actor, number);
    return overrideFreeze(ctx, actor, { number, planChecksum, reason: options.reason });
  });
  const override = promotion.overrides.at(-1);
  if (options.json) printJson(promotion);
  else printLines([`Overrode the freeze for #${number}: ${override?.windows.join(', ') ?? ''}.`]);
}

/** `treeline freeze reinstate`. */
export async function freezeReinstate(number: number, options: Options & { reason: string }): Promise<void> {
  const promotion = await withServices(openChosenHome(options), (ctx, actor) =>
    reinstateFreeze(ctx, actor, { number, reason: options.reason }),
  );
  if (options.json) printJson(promotion);
  else printLines([`Nothing lets #${number} past a freeze any more.`]);
}

/** "now, until …; next from … to …" */
function whenOf({ now, next }: FreezeDto): string {
  const span = ({ from, to }: FreezeTimeDto) => `${utcMinute(from)} to ${utcMinute(to)}`;
  const words = [
    ...(now === null ? [] : [`holds until ${utcMinute(now.to)}`]),
    ...(next === null ? [] : [`next ${span(next)}`]),
  ];
  return words.join('; ') || 'over';
}

async function findFreeze(ctx: ServiceContext, actor: SystemActor, name: string): Promise<FreezeDto> {
  const freeze = (await listFreezes(ctx, actor)).find((each) => each.name === name);
  if (freeze) return freeze;
  throw new AppError('not-found', `there is no freeze window called ${name}; treeline freeze list shows all`);
}
