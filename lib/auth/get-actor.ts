import type { PersonActor } from './actor';

/**
 * Who asks: the person behind the session cookie of the current request, null where there is none that counts.
 * Checks the session row on each call. For server components and route handlers.
 */
export async function getActor(): Promise<PersonActor | null> {
  throw new Error('get-actor has no body yet');
}
