import type { z } from 'zod';
import type { ClientActor } from '../auth/actor';
import { actorOfCookie } from '../auth/get-actor';
import { isSecureOrigin } from '../auth/next-auth-options';
import { sessionCookieName } from '../auth/session-token';
import { actorOfToken } from '../auth/token-actor';
import { TokenLimits } from '../auth/token-limits';
import { readEnv } from '../env';
import { AppError } from '../errors';
import { parseInput } from '../services/parse-input';
import { contextAtOneHead, getServiceContext, type ServiceContext } from '../services/service-context';
import { checkOrigin } from './check-origin';
import { problemResponse } from './problem';
import { readJson } from './read-json';

/** What Next gives a handler besides the request. */
export interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}
export type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

interface RouteInput<P, Q, B> {
  ctx: ServiceContext;
  actor: ClientActor;
  params: P;
  query: Q;
  body: B;
  request: Request;
}

interface RouteOptions<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** The dynamic segments of the path. */
  params?: P;
  /** The query; a parameter that is given twice is refused. */
  query?: Q;
  body?: B;
  /** 200 unless given. */
  status?: number;
  /** It goes on reading after it has begun to answer. */
  isLive?: true;
  /** A value is sent as JSON, a Response as it is. */
  handle: (input: RouteInput<z.infer<P>, z.infer<Q>, z.infer<B>>) => Promise<unknown>;
}

const tokenLimits = new TokenLimits();

/**
 * A route handler: who asks, what they sent, the answer or the problem. It decides nothing: what the actor may do is the
 * service's to say. Requests that carry no session that counts are answered with 401.
 */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  options: RouteOptions<P, Q, B>,
): RouteHandler {
  return (request, context) =>
    answer(request, async () => {
      const isOneReading = request.method === 'GET' && !options.isLive;
      const ctx = isOneReading ? contextAtOneHead(getServiceContext()) : getServiceContext();
      const actor = await whoAsks(ctx, request);
      const params = options.params && parseInput(options.params, decodeSegments(await context.params));
      const query = options.query && parseInput(options.query, queryOf(request));
      const body = options.body && parseInput(options.body, await readJson(request));
      const input = { ctx, actor, params, query, body, request } as RouteInput<
        z.infer<P>,
        z.infer<Q>,
        z.infer<B>
      >;
      return respond(await options.handle(input), options.status ?? 200);
    });
}

/**
 * The program whose token the request shows, or else the person whose cookie it brings. No page of another site can
 * make a browser send a token, so only a write by cookie has to come from a page of ours; with a token, cookies don't count.
 *
 * @throws AppError `not-signed-in`, `origin-refused`, `too-many-attempts`
 */
async function whoAsks(ctx: ServiceContext, request: Request): Promise<ClientActor> {
  const token = bearerToken(request.headers);
  if (token !== null) {
    const now = ctx.clock.now();
    const actor = await actorOfToken(ctx.db, token, now);
    if (!actor) throw new AppError('not-signed-in', 'the token is not known, has expired or was revoked');
    await tokenLimits.count(ctx.db, actor.tokenId, now);
    return actor;
  }
  const isWrite = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
  if (isWrite) checkOrigin(request.headers, readEnv().publicUrl);
  const actor = await actorOfCookie(sessionCookie(request.headers), ctx);
  if (!actor) throw new AppError('not-signed-in', 'sign in first');
  return actor;
}

/** Another scheme, such as the Basic of a proxy in front, is none of ours. */
function bearerToken(headers: Headers): string | null {
  return /^bearer +(\S+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1] ?? null;
}

/** A route that anybody may ask, who is not even looked at. */
export function publicRoute(handle: (request: Request) => Promise<Response>): RouteHandler {
  return (request) => answer(request, () => handle(request));
}

/** Runs `work` and turns what it throws into a problem; every answer gets the headers of private data. */
export async function answer(request: Request, work: () => Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await work();
  } catch (error) {
    response = problemResponse(error, { method: request.method, path: new URL(request.url).pathname });
  }
  for (const [name, value] of Object.entries(privateHeaders)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

/** On every answer of the API: what one person may see is kept by no cache, and runs nowhere. */
export const privateHeaders = {
  'Cache-Control': 'private, no-store',
  Vary: 'Cookie',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

function respond(result: unknown, status: number): Response {
  if (result instanceof Response) return result;
  if (result === undefined) return new Response(null, { status: 204 });
  return Response.json(result, { status });
}

/** The session cookie's value. Where it was sent twice none is taken: one of them is not ours. */
function sessionCookie(headers: Headers): string | undefined {
  const name = sessionCookieName(isSecureOrigin());
  const values = (headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  return values.length === 1 ? values[0]?.slice(name.length + 1) : undefined;
}

/** Segments as they were meant: a ref is sent percent-encoded as one. No name that we take holds a `%`. */
function decodeSegments(
  params: Record<string, string | string[] | undefined>,
): Record<string, string | string[] | undefined> {
  const decode = (segment: string) => {
    try {
      return decodeURIComponent(segment);
    } catch (error) {
      if (error instanceof URIError)
        throw new AppError('input-invalid', 'the address is not encoded rightly');
      throw error;
    }
  };
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => [
      key,
      typeof value === 'string' ? decode(value) : value?.map(decode),
    ]),
  );
}

function queryOf(request: Request): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [key, value] of new URL(request.url).searchParams) {
    if (Object.hasOwn(query, key)) throw new AppError('input-invalid', `${key}: is given twice`);
    query[key] = value;
  }
  return query;
}
