import type { HoldDto, HoldScope } from '../../contracts/hold';
import { utcMinute } from '../../contracts/utc-minute';
import { AppError } from '../../errors';
import { liftHold } from '../../services/lift-hold';
import { listHolds } from '../../services/list-holds';
import { setHold } from '../../services/set-hold';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

type Options = HomeOptions & { json?: true };

/** `treeline hold add`. */
export async function holdAdd(
  stage: string,
  ref: string,
  options: Options & { reason: string; scope: HoldScope },
): Promise<void> {
  const { scope, reason } = options;
  const hold = await withServices(openChosenHome(options), (ctx, actor) =>
    setHold(ctx, actor, { stage, ref, scope, reason }),
  );
  if (options.json) printJson(hold);
  else printLines([`${ref} of ${stage} is held against ${against(hold)}.`]);
}

/** `treeline hold list`. */
export async function holdList(options: Options & { stage?: string }): Promise<void> {
  const { stage } = options;
  const holds = await withServices(openChosenHome(options), (ctx, actor) =>
    listHolds(ctx, actor, stage === undefined ? {} : { stage }),
  );
  if (options.json) printJson(holds);
  else {
    printTable(
      holds.map((hold) => [
        hold.stage,
        hold.ref,
        against(hold),
        hold.promotion === null ? hold.by : `#${hold.promotion} by ${hold.by}`,
        utcMinute(hold.at),
        hold.reason,
      ]),
    );
  }
}

/** `treeline hold lift`: every hold on a ref, or the one that a promotion set. */
export async function holdLift(
  stage: string,
  ref: string,
  options: Options & { reason: string; promotion?: number },
): Promise<void> {
  const { promotion, reason } = options;
  const lifted = await withServices(openChosenHome(options), async (ctx, actor) => {
    const holds = (await listHolds(ctx, actor, { stage })).filter(
      (hold) => hold.ref === ref && (promotion === undefined || hold.promotion === promotion),
    );
    if (holds.length === 0) {
      const by = promotion === undefined ? '' : ` by #${promotion}`;
      throw new AppError('not-found', `${ref} of ${stage} is not held${by}; treeline hold list shows all`);
    }
    const done: HoldDto[] = [];
    for (const { id } of holds) done.push(await liftHold(ctx, actor, { id, reason }));
    return done;
  });
  if (options.json) printJson(lifted);
  else printLines(lifted.map((hold) => `Lifted the hold on ${ref} of ${stage} against ${against(hold)}.`));
}

function against({ scope }: HoldDto): string {
  return scope === 'every' ? 'every promotion' : 'automatic promotion';
}
