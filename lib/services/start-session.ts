import { randomUUID } from 'node:crypto';
import { recordAudit } from '../audit/record-audit';
import { verifyPassword } from '../auth/password';
import { SESSION_LIFETIME_SECONDS } from '../auth/session';
import { accountKey, addressKey, countSignInAttempt, forgetSignInAttempts } from '../auth/sign-in-limits';
import { inTransaction } from '../db/client';
import { findPersonByName } from '../db/person';
import { deleteOldSessions, insertSession } from '../db/session';
import { AppError } from '../errors';
import { isProgramRole } from '../promotion/service-role';
import type { ServiceContext } from './service-context';

export interface StartSessionInput {
  name: string;
  password: string;
  /** Where the request came from, as far as that is known. */
  address: string;
}

/**
 * Signs a person in: a new session row, never one that was there before.
 *
 * @returns the session's id
 * @throws AppError `too-many-attempts`, or `sign-in-failed`, which says the same whether the name, the password or
 *   the account was wrong
 */
export async function startSession(ctx: ServiceContext, input: StartSessionInput): Promise<string> {
  const name = input.name.trim().toLowerCase();
  const now = ctx.clock.now();
  const keys = { account: accountKey(name), address: addressKey(input.address) };
  const counted = await inTransaction(ctx.db, (tx) => countSignInAttempt(tx, keys, now));
  if (counted.isLocked) {
    throw new AppError('too-many-attempts', 'too many attempts to sign in; wait 15 minutes and try again');
  }

  const person = await findPersonByName(ctx.db, name);
  // A program's account has no password: nothing is the right one.
  const passwordHash = person && !isProgramRole(person.role) ? person.passwordHash : null;
  const isRight = await verifyPassword(passwordHash, input.password);
  if (!person || !isRight || person.disabledAt !== null) {
    // Only names that exist are recorded: anything else may be a password in the wrong field.
    if (person) await recordRefusal(ctx, person, isRight ? 'the account is disabled' : 'wrong password');
    throw new AppError('sign-in-failed', 'name or password is wrong');
  }

  const sessionId = randomUUID();
  await inTransaction(ctx.db, async (tx) => {
    await forgetSignInAttempts(tx, keys.account, counted);
    await deleteOldSessions(tx, new Date(now.getTime() - SESSION_LIFETIME_SECONDS * 1000));
    await insertSession(tx, {
      id: sessionId,
      personId: person.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + SESSION_LIFETIME_SECONDS * 1000),
    });
    const actor = { id: person.id, name: person.name };
    await recordAudit(tx, { kind: 'session.started', at: now, actor, data: { session: sessionId } });
  });
  return sessionId;
}

async function recordRefusal(ctx: ServiceContext, person: { name: string }, why: string): Promise<void> {
  await inTransaction(ctx.db, (tx) =>
    recordAudit(tx, {
      kind: 'session.refused',
      at: ctx.clock.now(),
      // Nobody has proved to be this person.
      actor: { id: null, name: 'anonymous' },
      data: { name: person.name, why },
    }),
  );
}
