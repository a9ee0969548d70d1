import { roleSchema } from '../contracts/scalars';
import type { Reader } from '../db/client';
import { findPersonById, stageRolesOf } from '../db/person';
import { findSession, touchSession } from '../db/session';
import type { PersonActor } from './actor';

/** A session ends by itself after this long, however much it is used. */
export const SESSION_LIFETIME_SECONDS = 7 * 24 * 3600;
/** And after this long without a request. */
export const SESSION_IDLE_SECONDS = 24 * 3600;
/** `lastSeenAt` is not written more often than this: a page asks for many things at once. */
const TOUCH_SECONDS = 60;

/** Where sessions are read, and people as of the last change that is on record. */
export interface SessionSource {
  db: Reader;
  atHead(): Promise<Reader>;
}

/**
 * The person behind a session at `now`, null where the session is unknown, ended, expired or idle for too long, or
 * the person is disabled. What was revoked before it is called, is: a session is read each time, and no person changes
 * without an event.
 */
export async function actorOfSession(
  { db, atHead }: SessionSource,
  sessionId: string,
  now: Date,
): Promise<PersonActor | null> {
  const session = await findSession(db, sessionId);
  if (!session || session.endedAt !== null || session.expiresAt <= now) return null;
  const idleSeconds = (now.getTime() - session.lastSeenAt.getTime()) / 1000;
  if (idleSeconds > SESSION_IDLE_SECONDS) return null;
  const person = await findPersonById(await atHead(), session.personId);
  const role = roleSchema.safeParse(person?.role);
  if (!person || person.disabledAt !== null || !role.success) return null;
  if (idleSeconds > TOUCH_SECONDS) await touchSession(db, sessionId, now);
  return {
    kind: 'person',
    id: person.id,
    name: person.name,
    displayName: person.displayName,
    role: role.data,
    stageRoles: stageRolesOf(person),
    mustChangePassword: person.mustChangePassword,
    sessionId,
  };
}
