import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { problemSchema } from '../../contracts/scalars';
import { AppError } from '../../errors';

/** Where a client command asks, and with which token. */
export interface ClientOptions {
  url?: string;
  tokenFile?: string;
  json?: true;
}

export interface ApiRequest<T> {
  method: 'GET' | 'POST';
  /** With a leading slash: `/api/promotions/7`. */
  path: string;
  body?: unknown;
  schema: z.ZodType<T>;
}

/**
 * Asks a running Treeline over its API. The token comes from a file or from TREELINE_TOKEN, never from the command line, which
 * every user of a machine can read.
 *
 * @throws AppError `usage` without an address or a token; what the server answered otherwise, in its words
 */
export async function askApi<T>(options: ClientOptions, asked: ApiRequest<T>): Promise<T> {
  const base = baseOf(options);
  const token = tokenOf(options);
  const response = await send(new URL(`${base}${asked.path}`), asked, token);
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) {
    const problem = problemSchema.safeParse(answer);
    if (problem.success) {
      const { status, detail } = problem.data;
      throw new AppError(status === 400 ? 'input-invalid' : 'conflict', detail);
    }
    throw new AppError('conflict', `${base} answered ${response.status}, and not as Treeline does`);
  }
  const parsed = asked.schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AppError('conflict', `${base} answers in a way that this version does not know`);
}

async function send(url: URL, { method, body }: ApiRequest<unknown>, token: string): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  try {
    // Where another server is pointed to, the token must not go.
    const redirect = 'error';
    return await fetch(url, {
      method,
      headers,
      redirect,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new AppError('conflict', `${url.origin} can’t be reached`, { cause });
  }
}

function baseOf({ url }: ClientOptions): string {
  const given = url ?? process.env.TREELINE_URL ?? 'http://127.0.0.1:3000';
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '');
  throw new AppError('usage', `--url ${given} must be an http or https address`);
}

function tokenOf({ tokenFile }: ClientOptions): string {
  const text = tokenFile === undefined ? process.env.TREELINE_TOKEN : readTokenFile(tokenFile);
  const token = text?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new AppError('usage', 'a token is needed: set TREELINE_TOKEN, or name a file by --token-file');
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError('usage', `--token-file ${path} can’t be read`, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What a proxy in front says: the status is all there is.
    return null;
  }
}
