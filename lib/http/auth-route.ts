import { readEnv } from '../env';
import { AppError } from '../errors';
import { checkOrigin } from './check-origin';
import { answer, type RouteContext, type RouteHandler } from './route';

/** What of next-auth is reachable. Its `_log` would let anybody write to the log, `error` and `verify-request` are pages. */
const actions = new Set(['csrf', 'session', 'providers', 'signin', 'signout', 'callback', 'error']);
const providers = new Set(['credentials']);

/**
 * next-auth's own routes: only the actions that are used, writes only from pages of ours, every answer kept by no cache.
 */
export function authRoute(
  handle: (request: Request, context: RouteContext) => Promise<Response>,
): RouteHandler {
  return (request, context) =>
    answer(request, async () => {
      const { nextauth } = await context.params;
      const [action, provider, ...more] = Array.isArray(nextauth) ? nextauth : [];
      const isKnown = action !== undefined && actions.has(action) && more.length === 0;
      if (!isKnown || (provider !== undefined && !providers.has(provider))) {
        throw new AppError('not-found', 'there is no such page');
      }
      if (request.method !== 'GET') checkOrigin(request.headers, readEnv().publicUrl);
      return handle(request, context);
    });
}
