import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { hashPassword, verifyPassword } from '../auth/password';
import { authorise } from '../auth/permissions';
import { accountKey, countSignInAttempt, forgetSignInAttempts } from '../auth/sign-in-limits';
import { whyWeakPassword } from '../auth/weak-password';
import type { ChangePasswordInput, MeDto } from '../contracts/person';
import { inTransaction } from '../db/client';
import { findPersonById, updatePersonRow } from '../db/person';
import { endSessionsOf } from '../db/session';
import { AppError } from '../errors';
import { getMe } from './get-me';
import type { ServiceContext } from './service-context';

/**
 * Gives the acting person a new password and ends their other sessions.
 *
 * @throws AppError `sign-in-failed` where the current password is wrong, `too-many-attempts`, `input-invalid` where
 *   the new one would be guessed or is the old one
 */
export async function changePassword(
  ctx: ServiceContext,
  actor: Actor,
  input: ChangePasswordInput,
): Promise<MeDto> {
  authorise(actor, 'password.change');
  if (actor.kind !== 'person') throw new AppError('forbidden', 'only people have passwords');
  const person = await findPersonById(ctx.db, actor.id);
  if (!person) throw new AppError('not-signed-in', 'sign in first');
  const now = ctx.clock.now();

  // A stolen session must not be a way to guess the password without limit.
  const keys = { account: accountKey(`${person.name} changes password`), address: `change:${person.id}` };
  const counted = await inTransaction(ctx.db, (tx) => countSignInAttempt(tx, keys, now));
  if (counted.isLocked) {
    throw new AppError('too-many-attempts', 'too many attempts; wait 15 minutes and try again');
  }
  if (!(await verifyPassword(person.passwordHash, input.currentPassword))) {
    throw invalid('sign-in-failed', 'the current password is wrong', 'currentPassword');
  }
  if (input.newPassword.normalize('NFC') === input.currentPassword.normalize('NFC')) {
    throw invalid('input-invalid', 'the new password is the current one; choose another', 'newPassword');
  }
  const weakness = whyWeakPassword(input.newPassword, person.name);
  if (weakness) throw invalid('input-invalid', `the new password ${weakness}; choose another`, 'newPassword');

  const passwordHash = await hashPassword(input.newPassword);
  await inTransaction(ctx.db, async (tx) => {
    await forgetSignInAttempts(tx, keys.account, counted);
    await updatePersonRow(tx, person.id, { passwordHash, mustChangePassword: false });
    await endSessionsOf(tx, person.id, now, actor.sessionId);
    await recordAudit(tx, { kind: 'person.password-changed', at: now, actor: auditActorOf(actor), data: {} });
  });
  return getMe(ctx, { ...actor, mustChangePassword: false });
}

function invalid(code: 'sign-in-failed' | 'input-invalid', message: string, field: string): AppError {
  return new AppError(code, message, { details: { field } });
}
