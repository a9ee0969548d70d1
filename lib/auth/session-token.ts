import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';

/** All that the cookie says: which session row to look at. */
const tokenSchema = z.object({ sid: z.string().min(1).max(64) });

/** The name of the session cookie. `__Host-` makes browsers insist on https, no domain and the path `/`. */
export function sessionCookieName(isSecure: boolean): string {
  return isSecure ? '__Host-treeline.session' : 'treeline.session';
}

/** The cookie's value for a session: an encrypted token (JWE, A256GCM) that only this installation can read. */
export function encodeSessionToken(
  sessionId: string,
  secret: string,
  maxAgeSeconds: number,
): Promise<string> {
  return encode({ token: { sid: sessionId }, secret, maxAge: maxAgeSeconds });
}

/** The session's id from a cookie's value; null where it was not made here, was changed, or has expired. */
export async function decodeSessionToken(value: string, secret: string): Promise<string | null> {
  let payload: unknown;
  try {
    payload = await decode({ token: value, secret });
  } catch (error) {
    // jose throws for everything that is no token of ours: what a stranger sent is no error.
    if (error instanceof Error) return null;
    throw error;
  }
  const parsed = tokenSchema.safeParse(payload);
  return parsed.success ? parsed.data.sid : null;
}
