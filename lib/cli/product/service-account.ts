import type { SystemActor } from '../../auth/actor';
import type { ServiceAccountDto } from '../../contracts/token';
import { AppError } from '../../errors';
import { addServiceAccount } from '../../services/add-service-account';
import { listServiceAccounts } from '../../services/list-service-accounts';
import type { ServiceContext } from '../../services/service-context';
import { updateServiceAccount } from '../../services/update-service-account';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

type Options = HomeOptions & { json?: true };

/** `treeline service-account add`: the account of a program, without a token yet. */
export async function serviceAccountAdd(
  name: string,
  options: Options & { displayName?: string },
): Promise<void> {
  const account = await withServices(openChosenHome(options), (ctx, actor) =>
    addServiceAccount(ctx, actor, { name, displayName: options.displayName ?? name }),
  );
  if (options.json) printJson(account);
  else printLines([`Added the service account ${name}. Make a token for it: treeline token add ${name}`]);
}

/** `treeline service-account list`. */
export async function serviceAccountList(options: Options): Promise<void> {
  const accounts = await withServices(openChosenHome(options), (ctx, actor) =>
    listServiceAccounts(ctx, actor),
  );
  if (options.json) printJson(accounts);
  else {
    printTable(
      accounts.map(({ name, displayName, disabledAt, tokens }) => [
        name,
        displayName,
        `${tokens.filter(({ state }) => state === 'active').length} active tokens`,
        disabledAt ? 'disabled' : '',
      ]),
    );
  }
}

/** `treeline service-account disable` and `enable`: all its tokens at once. */
export async function serviceAccountSet(name: string, isDisabled: boolean, options: Options): Promise<void> {
  const account = await withServices(openChosenHome(options), async (ctx, actor) => {
    const { id } = await findServiceAccountByName(ctx, actor, name);
    return updateServiceAccount(ctx, actor, { id, isDisabled });
  });
  if (options.json) printJson(account);
  else {
    printLines([isDisabled ? `The tokens of ${name} are stopped.` : `The tokens of ${name} work again.`]);
  }
}

/** @throws AppError `not-found` */
export async function findServiceAccountByName(
  ctx: ServiceContext,
  actor: SystemActor,
  name: string,
): Promise<ServiceAccountDto> {
  const account = (await listServiceAccounts(ctx, actor)).find((each) => each.name === name);
  if (account) return account;
  throw new AppError(
    'not-found',
    `there is no service account called ${name}; treeline service-account list shows all`,
  );
}
