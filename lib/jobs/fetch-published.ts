import { closeSync } from 'node:fs';
import { AppError, isAppError } from '../errors';
import { openServedFile, readWhole } from '../publish/open-served-file';

/** Reads files of a stage as its clients do. */
export interface PublishedFiles {
  /** Where from, for messages. */
  where: string;
  /** The file's bytes, null where there is none. @throws AppError `probe-failed` */
  get(path: string): Promise<Uint8Array | null>;
  has(path: string): Promise<boolean>;
}

const requestMilliseconds = 10_000;
/** Clients take no metadata above this (`OSTREE_MAX_METADATA_SIZE`). */
const fileBytesMax = 128 * 1024 * 1024;

/** The files below the URL `base`, which has no slash at its end. */
export function overHttp(base: string): PublishedFiles {
  const ask = async (path: string, method: 'GET' | 'HEAD'): Promise<Response | null> => {
    const url = `${base}/${path.split('/').map(encodeURIComponent).join('/')}`;
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        redirect: 'error',
        cache: 'no-store',
        headers: { 'User-Agent': 'treeline-probe' },
        signal: AbortSignal.timeout(requestMilliseconds),
      });
    } catch (cause) {
      throw new AppError('probe-failed', `${url} can't be fetched; is the repository server running?`, {
        details: { url },
        cause,
      });
    }
    if (response.status === 404) {
      await response.body?.cancel();
      return null;
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new AppError('probe-failed', `${url} answers ${response.status}`, {
      details: { url, status: response.status },
    });
  };
  return {
    where: base,
    async get(path) {
      const response = await ask(path, 'GET');
      if (response === null) return null;
      return readBody(response, `${base}/${path}`);
    },
    async has(path) {
      return (await ask(path, 'HEAD')) !== null;
    },
  };
}

/** The files of the repository at `repoPath`, of which as little is followed as the repository server would. */
export function inDirectory(repoPath: string): PublishedFiles {
  return {
    where: repoPath,
    async get(path) {
      const file = openServedFile(repoPath, path.split('/'));
      if (file === null) return null;
      try {
        return file.stat.size > fileBytesMax ? null : readWhole(file);
      } finally {
        closeSync(file.fd);
      }
    },
    async has(path) {
      const file = openServedFile(repoPath, path.split('/'));
      if (file !== null) closeSync(file.fd);
      return file !== null;
    },
  };
}

/** What is declared is not believed: it stops when too much has come. */
async function readBody(response: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > fileBytesMax) throw new AppError('probe-failed', `${url} is too long`, { details: { url } });
      chunks.push(chunk);
    }
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw new AppError('probe-failed', `${url} broke off`, { details: { url }, cause });
  }
  return Buffer.concat(chunks);
}
