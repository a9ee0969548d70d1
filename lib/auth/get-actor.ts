import { cookies } from 'next/headers';
import { readSessionSecret } from '../home';
import type { ServiceContext } from '../services/service-context';
import type { PersonActor } from './actor';
import { isSecureOrigin } from './next-auth-options';
import { actorOfSession } from './session';
import { decodeSessionToken, sessionCookieName } from './session-token';

/**
 * Who asks: the person behind the session cookie of the current request, null where there is none that counts.
 * Checks the session row on each call. For server components; it never redirects.
 */
export async function getActor(ctx: ServiceContext): Promise<PersonActor | null> {
  const store = await cookies();
  return actorOfCookie(store.get(sessionCookieName(isSecureOrigin()))?.value, ctx);
}

/** The person behind the value of a session cookie. */
export async function actorOfCookie(
  value: string | undefined,
  ctx: ServiceContext,
): Promise<PersonActor | null> {
  if (!value) return null;
  const sessionId = await decodeSessionToken(value, readSessionSecret(ctx.home));
  return sessionId === null ? null : actorOfSession(ctx, sessionId, ctx.clock.now());
}
