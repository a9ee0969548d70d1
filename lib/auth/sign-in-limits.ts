import { createHash } from 'node:crypto';
import type { Transaction } from '../db/client';
import { countAttempts, deleteOldAttempts, insertAttempt } from '../db/sign-in-attempt';

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

/**
 * Counts one attempt before the password is looked at, so that any number of requests at once get no more
 * tries than one after the other.
 *
 * @returns `counted`, or `locked` where there were too many: the password must then not be tried
 */
export async function countSignInAttempt(
  tx: Transaction,
  keys: { account: string; address: string },
  now: Date,
): Promise<'counted' | 'locked'> {
  const since = new Date(now.getTime() - ATTEMPT_WINDOW_SECONDS * 1000);
  await deleteOldAttempts(tx, since);
  const isLocked =
    (await countAttempts(tx, keys.account, since)) >= ATTEMPTS_PER_ACCOUNT ||
    (await countAttempts(tx, keys.address, since)) >= ATTEMPTS_PER_ADDRESS;
  if (isLocked) return 'locked';
  await insertAttempt(tx, keys.account, now);
  await insertAttempt(tx, keys.address, now);
  return 'counted';
}
