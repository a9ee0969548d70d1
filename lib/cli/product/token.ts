import { type TokenScope, tokenScopeSchema, tokenScopes } from '../../contracts/token';
import { AppError } from '../../errors';
import { addToken } from '../../services/add-token';
import { listServiceAccounts } from '../../services/list-service-accounts';
import { revokeToken } from '../../services/revoke-token';
import { printJson, printLines, printTable } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';
import { findServiceAccountByName } from './service-account';

type Options = HomeOptions & { json?: true };

export interface TokenAddOptions extends Options {
  name: string;
  scope: string[];
  stage?: string[];
  holder: string;
  /** Days. */
  expires: number;
}

/** `treeline token add`: the token is printed here and nowhere else. */
export async function tokenAdd(account: string, options: TokenAddOptions): Promise<void> {
  const scopes = options.scope.map(parseScope);
  const added = await withServices(openChosenHome(options), async (ctx, actor) => {
    const { id } = await findServiceAccountByName(ctx, actor, account);
    const { name, holder, expires: expiresInDays, stage: stages } = options;
    const wanted = { account: id, name, scopes, expiresInDays, holder };
    return addToken(ctx, actor, stages === undefined ? wanted : { ...wanted, stages });
  });
  if (options.json) printJson(added);
  else {
    printLines([
      `Token: ${added.secret}`,
      `It is shown only here, holds for ${options.expires} days, and goes into Authorization: Bearer.`,
      `${options.holder} answers for it, and can't approve what is asked for with it.`,
    ]);
  }
}

/** `treeline token list`. */
export async function tokenList(options: Options): Promise<void> {
  const accounts = await withServices(openChosenHome(options), (ctx, actor) =>
    listServiceAccounts(ctx, actor),
  );
  const tokens = accounts.flatMap(({ name, tokens }) => tokens.map((token) => ({ account: name, ...token })));
  if (options.json) printJson(tokens);
  else {
    printTable(
      tokens.map((token) => [
        token.account,
        token.name,
        `${token.hint}…`,
        `${token.scopes.join(', ')}${token.stages === null ? '' : ` for ${token.stages.join(', ')}`}`,
        `held by ${token.holder}`,
        token.state === 'active' ? `until ${token.expiresAt.slice(0, 10)}` : token.state,
        token.lastUsedAt ? `last used ${token.lastUsedAt.slice(0, 10)}` : 'never used',
      ]),
    );
  }
}

/** `treeline token revoke`: by the name of the token among those of its account that are not revoked. */
export async function tokenRevoke(account: string, name: string, options: Options): Promise<void> {
  const left = await withServices(openChosenHome(options), async (ctx, actor) => {
    const { tokens } = await findServiceAccountByName(ctx, actor, account);
    const token = tokens.find((each) => each.name === name && each.state !== 'revoked');
    if (token) return revokeToken(ctx, actor, token.id);
    throw new AppError('not-found', `${account} has no token called ${name}; treeline token list shows all`);
  });
  if (options.json) printJson(left);
  else printLines([`Revoked the token ${name} of ${account}.`]);
}

function parseScope(text: string): TokenScope {
  const parsed = tokenScopeSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError('usage', `--scope ${text} must be one of ${tokenScopes.join(', ')}`);
}
