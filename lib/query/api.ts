import type { z } from 'zod';
import { type ProblemDto, problemSchema } from '../contracts/scalars';

/** What the API, or the way to it, said went wrong. Show it with `<Problem error={…}/>`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: ProblemDto;

  constructor(problem: ProblemDto, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
  }
}

function localProblem(code: string, status: number, title: string, detail: string): ProblemDto {
  return { type: 'about:blank', title, status, code, detail };
}

/** Any thrown value as a problem that can be shown. */
export function problemOf(error: unknown): ProblemDto {
  if (error instanceof ApiProblem) return error.problem;
  return localProblem(
    'internal',
    0,
    'Something went wrong',
    error instanceof Error ? error.message : 'The page met an error it does not know. Reload it.',
  );
}

async function readProblem(response: Response): Promise<ProblemDto> {
  try {
    const parsed = problemSchema.safeParse(await response.json());
    if (parsed.success) return parsed.data;
  } catch (error) {
    // Not JSON: what a proxy in front answered. The status is all there is to say.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return localProblem(
    'internal',
    response.status,
    `The server answered ${response.status}`,
    'The answer was not one of Treeline’s. Is something in front of it down? Try again in a moment.',
  );
}

async function request<T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiProblem(
      localProblem(
        'unreachable',
        0,
        'Treeline can’t be reached',
        'The network or the server is down. Nothing you typed is lost: try again.',
      ),
      { cause },
    );
  }
  if (!response.ok) throw new ApiProblem(await readProblem(response));
  const body: unknown = response.status === 204 ? null : await response.json();
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ApiProblem(
    localProblem(
      'internal',
      response.status,
      'This page is older than the server',
      'The server answered in a shape that this page does not know. Reload the page.',
    ),
    { cause: parsed.error },
  );
}

/**
 * GET `path` and check the answer.
 * @throws ApiProblem with the server's problem, or one of its own where it can't be reached
 */
export function apiGet<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T> {
  return request(path, { headers: { accept: 'application/json' }, signal: signal ?? null }, schema);
}

/**
 * Sends `body` as JSON and checks the answer.
 * @param options.idempotencyKey one key for all tries of one act: the server does it once
 * @throws ApiProblem
 */
export function apiSend<T>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  schema: z.ZodType<T>,
  options: { idempotencyKey?: string } = {},
): Promise<T> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    'content-type': 'application/json',
  };
  if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey;
  return request(path, { method, headers, body: JSON.stringify(body ?? {}) }, schema);
}
