import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../logger';
import { untilAborted } from './process-signals';
import type { Turns } from './turns';

/** Answers a request, and resolves once it has done so, or while the rest of the answer is on its way. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Where a server listens: a port, or a Unix socket. */
export type Address = { host: string; port: number } | { path: string };

export interface ServeOptions {
  logger: Logger;
  /** Ends the server. */
  signal: AbortSignal;
  /** Called once it listens. */
  onListening?: () => void;
}

/** Most pages take a third of this. One that waits for its database or for a slow connection holds up nobody for longer. */
export const TURN_MILLISECONDS_MAX = 100;
/** How long answers that are being given may take when a server ends: streams of events go on for ever. */
const GRACE_MILLISECONDS = 3_000;
/** What is no page: it is answered at once, whatever is being made. */
const NO_PAGE = /^\/(?:api|_next|metrics)(?:[/?]|$)/;

/**
 * Serves pages and API by those who have turns: pages one after the other, each by whoever is free. The API does not wait for
 * them.
 *
 * Resolves when the signal has ended it and the last answer was given.
 * @throws a system error where it can't listen
 */
export async function servePages(
  address: Address,
  makers: Turns<Handler>,
  options: ServeOptions,
): Promise<void> {
  await serveHttp(address, (request, response) => answer(request, response, makers), options);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  makers: Turns<Handler>,
): Promise<void> {
  const turn = NO_PAGE.test(request.url ?? '') || !makers.isOpen ? makers.join() : await makers.take();
  if (turn === null) return refuse(response, 503, 'Treeline is starting; try again in a moment.');
  // Whoever has left meanwhile gets nothing made.
  if (response.destroyed) return turn.end();
  response.once('close', turn.end);
  await turn.place(request, response);
}

/** Answers for whom nothing can be made now. What has been begun ends there: nobody takes half of it for the whole. */
function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${why}\n`);
}

/** Serves by one handler, as `servePages`. */
export async function serveHttp(
  address: Address,
  handle: Handler,
  { logger, signal, onListening }: ServeOptions,
): Promise<void> {
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      logger.error({ error, path: request.url }, 'a request could not be answered');
      refuse(response, 500, 'This could not be answered; the log says why.');
    });
  });
  // Who keeps connections to a socket is another process of ours, which must not find one closed that it is about to use.
  if ('path' in address) server.keepAliveTimeout = 0;
  server.listen(address);
  await once(server, 'listening');
  onListening?.();
  await untilAborted(signal);
  await close(server);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
  await closed;
  clearTimeout(timer);
}
