import type { RetirementDto } from '../../contracts/retirement';
import { utcMinute } from '../../contracts/utc-minute';
import { AppError } from '../../errors';
import { listRetirements } from '../../services/list-retirements';
import { stopRetirement } from '../../services/stop-retirement';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

type Options = HomeOptions & { json?: true };

/** `treeline retirement list`. */
export async function retirementList(options: Options & { stage?: string }): Promise<void> {
  const { stage } = options;
  const found = await withServices(openChosenHome(options), (ctx, actor) =>
    listRetirements(ctx, actor, stage === undefined ? {} : { stage }),
  );
  if (options.json) printJson(found);
  else {
    printTable(
      found.map((each) => [
        each.stage,
        `#${each.promotion}`,
        each.refs.map(({ ref }) => ref).join(' '),
        fateOf(each),
      ]),
    );
  }
}

/** `treeline retirement stop`. */
export async function retirementStop(number: number, options: Options & { reason: string }): Promise<void> {
  const { reason } = options;
  const stopped = await withServices(openChosenHome(options), async (ctx, actor) => {
    const found = (await listRetirements(ctx, actor, {})).find(({ promotion }) => promotion === number);
    if (!found) {
      throw new AppError(
        'not-found',
        `#${number} left nothing to be deleted; treeline retirement list shows what others did`,
      );
    }
    return stopRetirement(ctx, actor, { id: found.id, reason });
  });
  if (options.json) printJson(stopped);
  else printLines([`What #${number} left in ${stopped.stage} is kept.`]);
}

function fateOf({ state, dueAt, endedAt, counts, problem }: RetirementDto): string {
  const late = problem === null ? '' : ` (${problem})`;
  switch (state) {
    case 'waiting':
      return `deleted at ${utcMinute(dueAt)}${late}`;
    case 'deleting':
      return `being deleted${late}`;
    case 'stopped':
      return 'kept';
    case 'done':
      return `${counts?.commits ?? 0} commits deleted, ${counts?.bytes ?? '0'} bytes${endedAt === null ? '' : `, at ${utcMinute(endedAt)}`}`;
  }
}
