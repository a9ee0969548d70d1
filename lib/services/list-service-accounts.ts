import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { ServiceAccountDto } from '../contracts/token';
import { findServiceAccounts } from '../db/api-token';
import { serviceAccountDto } from './service-account-dto';
import type { ServiceContext } from './service-context';

/** The accounts of programs with their tokens, by name. */
export async function listServiceAccounts(ctx: ServiceContext, actor: Actor): Promise<ServiceAccountDto[]> {
  authorise(actor, 'people.read');
  const now = ctx.clock.now();
  return (await findServiceAccounts(await ctx.atHead())).map((row) => serviceAccountDto(row, now));
}
