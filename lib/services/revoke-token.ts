import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { ServiceAccountDto } from '../contracts/token';
import { findServiceAccount, findTokenById, revokeTokenRow } from '../db/api-token';
import { inTransaction } from '../db/client';
import { AppError } from '../errors';
import { requireServiceAccount } from './require-service-account';
import { serviceAccountDto } from './service-account-dto';
import type { ServiceContext } from './service-context';

/**
 * Ends a token for good: the next request with it is refused. What was asked for with it stays asked for.
 * @throws AppError `not-found`; `conflict` where it was revoked before
 */
export async function revokeToken(ctx: ServiceContext, actor: Actor, id: string): Promise<ServiceAccountDto> {
  authorise(actor, 'people.write');
  const at = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const token = await findTokenById(tx, id);
    if (!token) throw new AppError('not-found', 'there is no such token');
    if (!(await revokeTokenRow(tx, id, at))) {
      throw new AppError('conflict', `the token ${token.name} is revoked already`);
    }
    const data = { account: token.account.name, name: token.name, hint: token.hint };
    await recordAudit(tx, { kind: 'token.revoked', at, actor: auditActorOf(actor), data });
    return requireServiceAccount(await findServiceAccount(tx, token.accountId));
  });
  return serviceAccountDto(row, at);
}
