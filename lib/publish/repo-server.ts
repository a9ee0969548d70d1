import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientPins } from './client-pins';
import { changeMarkOf, type OpenFile, openServedFile, readWhole } from './open-served-file';
import { RepoServerConfig, type ServedStage } from './repo-server-config';
import { type Representation, sendRepresentation } from './send-representation';
import { parseServedPath, type ServedPath } from './served-path';
import { type GenerationFile, SummaryGenerations } from './summary-generation';

export interface RepoServerOptions {
  /** Absolute path of `repo-server.json`: the only thing it reads beside the repositories. */
  configPath: string;
  /** Address to bind to. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Told of what went wrong; gets no content of files and no client data but the path. */
  onProblem?: (error: Error, context: { path: string | null }) => void;
}

export interface RunningRepoServer {
  host: string;
  port: number;
  /** Takes no more connections, ends the idle ones, and resolves when the last answer is out. */
  close(): Promise<void>;
}

const cacheFor = {
  object: 'public, max-age=31536000, immutable',
  mutable: 'no-cache',
  // A cache between us and a client could pair a new summary with an old signature.
  summary: 'no-store',
  signature: 'no-store',
} as const;

/** Mutable files up to this size are read whole, so that their tag is the hash of their bytes. */
const wholeBytesMax = 1024 * 1024;

/**
 * Starts the server of published repositories: `GET` and `HEAD` of `/<stage>/<file>`, nothing else. No listing,
 * no symbolic links, only the files of `parseServedPath`; `summary` and `summary.sig` always as a pair.
 *
 * Rejects where the address cannot be bound.
 */
export async function runRepoServer(options: RepoServerOptions): Promise<RunningRepoServer> {
  const report = options.onProblem ?? (() => undefined);
  const handle = createRequestHandler(options.configPath, report);
  const server = createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 30_000 }, (request, response) => {
    try {
      handle(request, response);
    } catch (error) {
      report(error instanceof Error ? error : new Error(String(error)), { path: request.url ?? null });
      if (!response.headersSent)
        refuse(response, 500, 'the repository server could not read it; see its log');
      else response.destroy();
    }
  });
  server.headersTimeout = 15_000;
  server.requestTimeout = 30_000;
  await listen(server, options.host, options.port);
  const { address, port } = server.address() as AddressInfo;
  return { host: address, port, close: () => close(server) };
}

function createRequestHandler(configPath: string, report: NonNullable<RepoServerOptions['onProblem']>) {
  const config = new RepoServerConfig(configPath, (error) => report(error, { path: null }));
  const pins = new ClientPins();
  const generations = new WeakMap<ServedStage, SummaryGenerations>();

  const generationsOf = (stage: ServedStage): SummaryGenerations => {
    const known = generations.get(stage);
    if (known) return known;
    const fresh = new SummaryGenerations(stage.repoPath, stage.ed25519PublicKeys);
    generations.set(stage, fresh);
    return fresh;
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    setCommonHeaders(response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      refuse(response, 405, 'only GET and HEAD');
      return;
    }
    const path = parseServedPath(request.url ?? '');
    const stage = path === null ? undefined : config.stage(path.stage);
    if (path === null || stage === undefined) {
      refuse(response, 404, 'no such file');
      return;
    }
    if (path.kind === 'summary' || path.kind === 'signature') {
      sendSummary(request, response, { kind: path.kind, stage, generations: generationsOf(stage), pins });
      return;
    }
    const file = openServedFile(stage.repoPath, path.segments);
    const representation = file && describeFile(file, path);
    if (representation) sendRepresentation(request, response, representation);
    else refuse(response, 404, 'no such file');
  };
}

interface SummaryRequest {
  kind: 'summary' | 'signature';
  stage: ServedStage;
  generations: SummaryGenerations;
  pins: ClientPins;
}

function sendSummary(
  request: IncomingMessage,
  response: ServerResponse,
  { kind, stage, generations, pins }: SummaryRequest,
): void {
  const current = generations.current();
  if (current === 'doubtful') {
    response.setHeader('Retry-After', '1');
    refuse(response, 503, 'the summary is being published; ask again in a second');
    return;
  }
  const file: GenerationFile | null =
    current === null ? null : pins.choose(request, stage.stage, kind, current)[kind];
  if (file === null) {
    refuse(response, 404, 'no such file');
    return;
  }
  sendRepresentation(request, response, {
    etag: file.etag,
    lastModified: file.modified,
    sizeBytes: file.bytes.length,
    cacheControl: cacheFor[kind],
    content: { bytes: file.bytes },
  });
}

/** Takes over the descriptor: it is closed here, or by whoever sends the representation. */
function describeFile(file: OpenFile, { kind, segments }: ServedPath): Representation | null {
  const sizeBytes = Number(file.stat.size);
  const common = { lastModified: file.stat.mtime, sizeBytes, cacheControl: cacheFor[kind] };
  if (kind === 'object') return { ...common, etag: objectEtag(file, segments), content: { fd: file.fd } };
  if (sizeBytes > wholeBytesMax)
    return { ...common, etag: `"${changeMarkOf(file.stat)}"`, content: { fd: file.fd } };
  try {
    const bytes = readWhole(file);
    return (
      bytes && {
        ...common,
        etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
        content: { bytes },
      }
    );
  } finally {
    closeSync(file.fd);
  }
}

/**
 * The name of a metadata object is the hash of its bytes. That of a `.filez` is the hash of what is in it, and
 * two archives of the same content may be compressed differently: its tag names the very file.
 */
function objectEtag(file: OpenFile, segments: string[]): string {
  const [, fanOut, name = ''] = segments;
  return name.endsWith('.filez') ? `"${changeMarkOf(file.stat)}"` : `"${fanOut}${name.slice(0, 62)}"`;
}

function setCommonHeaders(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('Referrer-Policy', 'no-referrer');
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  const body = `${text}\n`;
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
  });
}
