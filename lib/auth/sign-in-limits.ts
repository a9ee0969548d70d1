import { createHash } from 'node:crypto';
import type { Transaction } from '../db/client';
import {
  countAttempts,
  deleteAttempt,
  deleteAttempts,
  deleteOldAttempts,
  insertAttempt,
} from '../db/sign-in-attempt';

/** How long an attempt counts. */
export const ATTEMPT_WINDOW_SECONDS = 15 * 60;
/** Attempts within the window before an account's name is locked until they have passed. */
export const ATTEMPTS_PER_ACCOUNT = 10;
/** The same for an address, behind which a whole office may sit. */
export const ATTEMPTS_PER_ADDRESS = 60;

/** The key that attempts on an account are counted under. Hashed: people type passwords into the wrong field. */
export function accountKey(name: string): string {
  return `account:${createHash('sha256').update(name.toLowerCase()).digest('hex')}`;
}

/** The key that attempts from an address are counted under. */
export function addressKey(address: string): string {
  return `address:${address.slice(0, 64)}`;
}

/** An attempt that was counted; `locked` where there were too many before it. */
export type CountedAttempt = { isLocked: true } | { isLocked: false; addressAttemptId: string };

/**
 * Counts one attempt before the password is looked at, so that any number of requests at once get no more
 * tries than one after the other. Where it is locked the password must not be tried.
 */
export async function countSignInAttempt(
  tx: Transaction,
  keys: { account: string; address: string },
  now: Date,
): Promise<CountedAttempt> {
  const since = new Date(now.getTime() - ATTEMPT_WINDOW_SECONDS * 1000);
  await deleteOldAttempts(tx, since);
  const isLocked =
    (await countAttempts(tx, keys.account, since)) >= ATTEMPTS_PER_ACCOUNT ||
    (await countAttempts(tx, keys.address, since)) >= ATTEMPTS_PER_ADDRESS;
  if (isLocked) return { isLocked };
  await insertAttempt(tx, keys.account, now);
  return { isLocked, addressAttemptId: await insertAttempt(tx, keys.address, now) };
}

/**
 * Forgets what was counted against an account once its password was right; of the address only this very attempt,
 * so that one's own account is no way to go on guessing at others.
 */
export async function forgetSignInAttempts(
  tx: Transaction,
  account: string,
  counted: Extract<CountedAttempt, { isLocked: false }>,
): Promise<void> {
  await deleteAttempts(tx, account);
  await deleteAttempt(tx, counted.addressAttemptId);
}
