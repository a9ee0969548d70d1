import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type ServiceAccountDto,
  type UpdateServiceAccountInput,
  updateServiceAccountSchema,
} from '../contracts/token';
import { findServiceAccount } from '../db/api-token';
import { inTransaction } from '../db/client';
import { type PersonChange, updatePersonRow } from '../db/person';
import { parseInput } from './parse-input';
import { requireServiceAccount } from './require-service-account';
import { serviceAccountDto } from './service-account-dto';
import type { ServiceContext } from './service-context';

/**
 * Changes how pages call a program, or stops all its tokens at once and lets those that still hold work again.
 * @throws AppError `not-found`
 */
export async function updateServiceAccount(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateServiceAccountInput & { id: string },
): Promise<ServiceAccountDto> {
  authorise(actor, 'people.write');
  const { id, ...rest } = input;
  const wanted = parseInput(updateServiceAccountSchema, rest);
  const at = ctx.clock.now();
  const row = await inTransaction(ctx.db, async (tx) => {
    const account = requireServiceAccount(await findServiceAccount(tx, id));
    const data: PersonChange = {};
    const changes: string[] = [];
    if (wanted.displayName !== undefined && wanted.displayName !== account.displayName) {
      data.displayName = wanted.displayName;
      changes.push(`shown as ${wanted.displayName}`);
    }
    if (wanted.isDisabled !== undefined && wanted.isDisabled !== (account.disabledAt !== null)) {
      data.disabledAt = wanted.isDisabled ? at : null;
      changes.push(wanted.isDisabled ? 'its tokens are stopped' : 'its tokens work again');
    }
    if (changes.length === 0) return account;
    await updatePersonRow(tx, id, data);
    const event = { at, actor: auditActorOf(actor), data: { name: account.name, changes } };
    await recordAudit(tx, { kind: 'account.updated', ...event });
    return requireServiceAccount(await findServiceAccount(tx, id));
  });
  return serviceAccountDto(row, at);
}
