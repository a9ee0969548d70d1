import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { hashToken, hintOf, makeToken } from '../auth/token';
import { type AddedTokenDto, type AddTokenInput, addTokenSchema } from '../contracts/token';
import { findServiceAccount, insertToken, type ServiceAccountRow } from '../db/api-token';
import { inTransaction, type Transaction } from '../db/client';
import { findPersonByName, type PersonRow } from '../db/person';
import { AppError } from '../errors';
import { isProgramRole } from '../promotion/service-role';
import { parseInput } from './parse-input';
import { requireServiceAccount } from './require-service-account';
import { requireStage } from './require-stage';
import { serviceAccountDto } from './service-account-dto';
import type { ServiceContext } from './service-context';

/**
 * Makes a token for a program. It is returned here and never again; what is kept is its SHA-256.
 *
 * @throws AppError `not-found` for the account, the holder or a stage; `name-taken` where another token of the account that still
 *   holds has the name; `conflict` where the account or the holder is disabled
 */
export async function addToken(
  ctx: ServiceContext,
  actor: Actor,
  input: AddTokenInput & { account: string },
): Promise<AddedTokenDto> {
  authorise(actor, 'people.write');
  const { account: id, ...rest } = input;
  const wanted = parseInput(addTokenSchema, rest);
  const secret = makeToken();
  const at = ctx.clock.now();
  const expiresAt = new Date(at.getTime() + wanted.expiresInDays * 24 * 3600 * 1000);
  const row = await inTransaction(ctx.db, async (tx) => {
    const account = requireServiceAccount(await findServiceAccount(tx, id));
    refuse(account, wanted.name, at);
    const holder = await requireHolder(tx, wanted.holder);
    for (const stage of wanted.stages ?? []) await requireStage(tx, stage);
    const hint = hintOf(secret);
    await insertToken(tx, {
      id: randomUUID(),
      accountId: account.id,
      name: wanted.name,
      scopes: JSON.stringify(wanted.scopes),
      stages: wanted.stages === undefined ? null : JSON.stringify(wanted.stages),
      secretHash: hashToken(secret),
      hint,
      holderId: holder.id,
      createdById: actor.kind === 'person' ? actor.id : null,
      createdAt: at,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null,
    });
    const { name, scopes, stages } = wanted;
    const data = {
      account: account.name,
      name,
      hint,
      scopes,
      ...(stages !== undefined && { stages }),
      holder: holder.name,
      expiresAt: expiresAt.toISOString(),
    };
    await recordAudit(tx, { kind: 'token.added', at, actor: auditActorOf(actor), data });
    return requireServiceAccount(await findServiceAccount(tx, id));
  });
  return { account: serviceAccountDto(row, at), secret };
}

function refuse(account: ServiceAccountRow, name: string, now: Date): void {
  if (account.disabledAt !== null) {
    throw new AppError('conflict', `${account.name} is disabled; enable it first`);
  }
  const isTaken = account.tokens.some(
    (each) => each.name === name && each.revokedAt === null && each.expiresAt > now,
  );
  if (isTaken) {
    throw new AppError(
      'name-taken',
      `${account.name} has a token called ${name} already; choose another name`,
      {
        details: { field: 'name' },
      },
    );
  }
}

async function requireHolder(tx: Transaction, name: string): Promise<PersonRow> {
  const details = { field: 'holder' };
  const person = await findPersonByName(tx, name);
  if (!person || isProgramRole(person.role)) {
    throw new AppError('not-found', `there is nobody called ${name}`, { details });
  }
  if (person.disabledAt !== null) throw new AppError('conflict', `${name} can’t sign in`, { details });
  return person;
}
