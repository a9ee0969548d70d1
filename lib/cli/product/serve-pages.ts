import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '../../logger';
import { untilAborted } from './process-signals';
import { Turns } from './turns';

export interface ServePagesOptions {
  /** The package's own folder, with the built pages in it. */
  root: string;
  host: string;
  port: number;
  logger: Logger;
  /** Ends the server. */
  signal: AbortSignal;
  /** How long a page may keep others waiting. */
  turnMillisecondsMax?: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Most pages take a third of this. One that waits for its database or for a slow connection holds up nobody for longer. */
const TURN_MILLISECONDS_MAX = 100;
/** How long answers that are being given may take when the server ends: streams of events go on for ever. */
const GRACE_MILLISECONDS = 3_000;
/** What is no page: it is answered at once, whatever is being made. */
const NO_PAGE = /^\/(?:api|_next|metrics)(?:[/?]|$)/;

/**
 * Serves pages and API by Next.js, from a server of our own for one reason: pages are made one after the other. The API does
 * not wait for them.
 *
 * Resolves when the signal has ended it and the last answer was given.
 * @throws a system error where it can't listen
 */
export async function servePages(options: ServePagesOptions): Promise<void> {
  const { root, host, port, logger, signal, turnMillisecondsMax = TURN_MILLISECONDS_MAX } = options;
  const { default: next } = await import('next');
  const app = next({ dev: false, dir: root, hostname: host, port });
  await app.prepare();
  const handle: Handler = app.getRequestHandler();
  const turns = new Turns(turnMillisecondsMax);
  const server = createServer((request, response) => {
    answer(request, response, handle, turns).catch((error: unknown) => {
      logger.error({ error, path: request.url }, 'a request could not be answered');
      if (!response.headersSent) response.statusCode = 500;
      response.end();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  await untilAborted(signal);
  await close(server);
  await app.close();
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handler,
  turns: Turns,
): Promise<void> {
  if (NO_PAGE.test(request.url ?? '')) {
    await handle(request, response);
    return;
  }
  const endTurn = await turns.take();
  // Whoever has left meanwhile gets no page made.
  if (response.destroyed) {
    endTurn();
    return;
  }
  response.once('close', endTurn);
  await handle(request, response);
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE_MILLISECONDS);
  await closed;
  clearTimeout(timer);
}
