import { createConnection } from 'node:net';
import type { z } from 'zod';
import { AppError, errnoOf } from '../errors';
import { responseBytesMax, responseSchema } from './protocol';

interface CallOptions<T> {
  result: z.ZodType<T>;
  timeoutMilliseconds: number;
  signal?: AbortSignal;
}

/**
 * Sends one request line to the Unix socket at `socketPath` and resolves with the checked result.
 *
 * @throws AppError `signer-unreachable` where nobody answers in time, or not in the signer's words; else the
 *   code the signer gave
 */
export async function callSocket<T>(
  socketPath: string,
  request: object,
  options: CallOptions<T>,
): Promise<T> {
  const line = await exchange(socketPath, `${JSON.stringify(request)}\n`, options);
  const response = responseSchema.safeParse(parseOrNull(line));
  if (!response.success) throw unreachable(socketPath, 'gave an answer that is not one', response.error);
  if (!response.data.ok) throw new AppError(response.data.code, response.data.message);
  const result = options.result.safeParse(response.data.result);
  if (!result.success) throw unreachable(socketPath, 'gave an answer of another kind', result.error);
  return result.data;
}

function exchange(
  socketPath: string,
  line: string,
  { timeoutMilliseconds, signal }: { timeoutMilliseconds: number; signal?: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const timer = setTimeout(() => fail(`did not answer in ${timeoutMilliseconds} ms`), timeoutMilliseconds);
    const onAbort = () => fail('was not waited for');
    const chunks: Buffer[] = [];
    let size = 0;

    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.destroy();
    };
    const fail = (what: string, cause?: unknown) => {
      finish();
      reject(unreachable(socketPath, what, cause));
    };

    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    socket.on('connect', () => socket.write(line));
    socket.on('data', (chunk: Buffer) => {
      const end = chunk.indexOf(0x0a);
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      size += chunk.length;
      if (size > responseBytesMax) fail('gave an answer that is too long');
      else if (end !== -1) {
        finish();
        resolve(Buffer.concat(chunks).toString('utf8'));
      }
    });
    socket.on('end', () => fail('hung up'));
    socket.on('error', (error) => fail(`can't be reached (${errnoOf(error) ?? 'no errno'})`, error));
  });
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON: the schema refuses null and says so.
    return null;
  }
}

function unreachable(socketPath: string, what: string, cause?: unknown): AppError {
  return new AppError('signer-unreachable', `the signer at ${socketPath} ${what}; is it running?`, {
    details: { socket: socketPath },
    cause,
  });
}
