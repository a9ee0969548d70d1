import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type AddServiceAccountInput,
  addServiceAccountSchema,
  type ServiceAccountDto,
} from '../contracts/token';
import { findServiceAccount, insertServiceAccount } from '../db/api-token';
import { inTransaction } from '../db/client';
import { findPersonByName } from '../db/person';
import { AppError } from '../errors';
import { parseInput } from './parse-input';
import { requireServiceAccount } from './require-service-account';
import { serviceAccountDto } from './service-account-dto';
import type { ServiceContext } from './service-context';

/**
 * Adds the account of a program. It can do nothing until it has a token, and never signs in.
 * @throws AppError `name-taken`: people and programs share their names, so that the history can't mix them up
 */
export async function addServiceAccount(
  ctx: ServiceContext,
  actor: Actor,
  input: AddServiceAccountInput,
): Promise<ServiceAccountDto> {
  authorise(actor, 'people.write');
  const { name, displayName } = parseInput(addServiceAccountSchema, input);
  const createdAt = ctx.clock.now();
  const id = randomUUID();
  const row = await inTransaction(ctx.db, async (tx) => {
    const taken = await findPersonByName(tx, name);
    if (taken) {
      throw new AppError('name-taken', `there is an account called ${name} already; choose another name`, {
        details: { field: 'name' },
      });
    }
    await insertServiceAccount(tx, { id, name, displayName, createdAt });
    const event = { at: createdAt, actor: auditActorOf(actor), data: { name } };
    await recordAudit(tx, { kind: 'account.added', ...event });
    return requireServiceAccount(await findServiceAccount(tx, id));
  });
  return serviceAccountDto(row, createdAt);
}
