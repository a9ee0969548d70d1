import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { z } from 'zod';
import { readEnv } from '../env';
import { isAppError } from '../errors';
import { readSessionSecret } from '../home';
import { createLogger, type Logger } from '../logger';
import { endSession } from '../services/end-session';
import { getServiceContext } from '../services/service-context';
import { startSession } from '../services/start-session';
import { actorOfSession, SESSION_LIFETIME_SECONDS } from './session';
import { sessionCookieName } from './session-token';

const credentialsSchema = z.object({
  name: z.string().min(1).max(200),
  password: z.string().min(1).max(256),
});

/** Whether browsers reach the pages over https, by the address that was configured. */
export function isSecureOrigin(): boolean {
  return readEnv().publicUrl?.startsWith('https://') ?? false;
}

let logger: Logger | undefined;

/** What next-auth has to say, as lines of our own log. Nobody outside can write to it: `_log` can't be reached. */
const authLogger: NextAuthOptions['logger'] = {
  error(code, metadata) {
    logger ??= createLogger('web');
    const error = metadata instanceof Error ? metadata : metadata.error;
    // A cookie of another installation, or one that has expired, is no error of ours.
    if (code === 'JWT_SESSION_ERROR') logger.info({ code }, 'a session cookie was not accepted');
    else logger.error({ code, error }, 'sign-in failed by an error');
  },
  warn(code) {
    logger ??= createLogger('web');
    logger.warn({ code }, 'next-auth warns');
  },
  debug: () => undefined,
};

/**
 * next-auth with the credentials provider, which knows only token sessions: the token carries the id of the
 * session row and nothing else, and the row is what counts. Made for each request, since secret and address come
 * from the home and the environment.
 */
export function nextAuthOptions(): NextAuthOptions {
  // Without a configured address next-auth would send people to localhost:3000 whatever they opened.
  if (!process.env.NEXTAUTH_URL) process.env.AUTH_TRUST_HOST = 'true';
  const isSecure = isSecureOrigin();
  const cookie = { httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isSecure };
  return {
    secret: readSessionSecret(getServiceContext().home),
    logger: authLogger,
    session: { strategy: 'jwt', maxAge: SESSION_LIFETIME_SECONDS },
    useSecureCookies: isSecure,
    cookies: { sessionToken: { name: sessionCookieName(isSecure), options: cookie } },
    pages: { signIn: '/sign-in', signOut: '/sign-in', error: '/sign-in' },
    providers: [
      CredentialsProvider({
        credentials: { name: { label: 'Name' }, password: { label: 'Password', type: 'password' } },
        authorize: (credentials, request) => signIn(credentials, request.headers ?? {}),
      }),
    ],
    callbacks: {
      // `user` is there at sign-in only; what a client sends to be kept in the token (`session`) never is.
      jwt: ({ token, user }) => ({ sid: user ? user.id : token.sid }),
      session: async ({ session, token }) => {
        const actor = await actorOfToken(token.sid);
        return { expires: session.expires, user: actor ? { name: actor.displayName } : undefined };
      },
      redirect: ({ url, baseUrl }) => sameOriginUrl(url, baseUrl),
    },
    events: {
      signOut: async ({ token }) => {
        const actor = await actorOfToken(token?.sid);
        if (actor) await endSession(getServiceContext(), actor);
      },
    },
  };
}

/**
 * next-auth answers a thrown error with its message as `?error=`: only our own codes get there.
 * @returns the session as next-auth's user, null where name or password is wrong
 */
async function signIn(
  credentials: unknown,
  headers: Readonly<Record<string, unknown>>,
): Promise<{ id: string } | null> {
  const parsed = credentialsSchema.safeParse(credentials);
  if (!parsed.success) return null;
  try {
    const address = addressOf(headers['x-forwarded-for']);
    return { id: await startSession(getServiceContext(), { ...parsed.data, address }) };
  } catch (error) {
    if (isAppError(error, 'sign-in-failed')) return null;
    throw new Error(isAppError(error) ? error.code : 'internal', { cause: error });
  }
}

/** The last hop of `X-Forwarded-For`: the one that the proxy nearest to us wrote. */
function addressOf(forwardedFor: unknown): string {
  const last = typeof forwardedFor === 'string' ? forwardedFor.split(',').at(-1)?.trim() : undefined;
  return last || 'unknown';
}

async function actorOfToken(sessionId: unknown) {
  if (typeof sessionId !== 'string') return null;
  const ctx = getServiceContext();
  return actorOfSession(ctx, sessionId, ctx.clock.now());
}

/** `url` where it leads to a page of ours, else the front page. */
export function sameOriginUrl(url: string, baseUrl: string): string {
  try {
    const target = new URL(url, baseUrl);
    return target.origin === new URL(baseUrl).origin ? target.href : baseUrl;
  } catch (error) {
    if (error instanceof TypeError) return baseUrl;
    throw error;
  }
}
