import { AppError } from '../errors';

/** The largest body that is read. A public GPG key with many signatures is the largest there is. */
export const BODY_BYTES_MAX = 1024 * 1024;

/**
 * The JSON value in the body of `request`.
 * @throws AppError `input-invalid` for another content type, a body that is too large or no JSON, or text that is
 *   no Unicode (a lone surrogate), which could be neither stored nor hashed
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw invalid('send application/json');
  const text = await readText(request);
  try {
    return JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw invalid('a text is not Unicode');
      return value;
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid('the body is not JSON');
    throw error;
  }
}

async function readText(request: Request): Promise<string> {
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw invalid('the body is larger than 1 MiB');
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function invalid(message: string): AppError {
  return new AppError('input-invalid', message);
}
