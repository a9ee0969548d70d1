import { readdirSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { errnoOf } from '../../errors';
import { SUPERVISED } from './process-signals';
import type { Handler } from './serve-pages';
import { type ProcessSpec, startNodeProcess } from './supervise';
import type { Turns } from './turns';

/** Names the socket at which a process answers for the one that listens for all, in its environment. */
export const PAGES_SOCKET = 'TREELINE_PAGES_SOCKET';

export interface PageProcessOptions {
  name: string;
  /** What Node is started with. */
  args: readonly string[];
  socketPath: string;
  /** It is among them from when it says that it listens (`tellReady`) until it ends. */
  makers: Turns<Handler>;
}

/** A process that answers at a socket for this one. */
export function pageProcess({ name, args, socketPath, makers }: PageProcessOptions): ProcessSpec {
  const forward = forwardTo(socketPath);
  return {
    name,
    start: () => {
      // Of one that was killed.
      rmSync(socketPath, { force: true });
      const child = startNodeProcess({
        args,
        env: { ...process.env, [SUPERVISED]: '1', [PAGES_SOCKET]: socketPath },
        hasMessages: true,
      });
      child.once('message', () => makers.open(forward));
      child.once('exit', () => makers.close(forward));
      return child;
    },
  };
}

const SOCKET_NAME = /^web-(?<pid>\d+)-\d+$/;

/** Where the process of that number answers for this one: below `folder`, which nobody else may open. */
export function pagesSocketPath(folder: string, number: number): string {
  return join(folder, `web-${process.pid}-${number}`);
}

/** Removes the sockets of processes that were killed before they could. */
export function sweepPagesSockets(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = SOCKET_NAME.exec(name)?.groups?.pid;
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's is one too.
    return errnoOf(error) !== 'ESRCH';
  }
}

/** To be called by such a process once it listens. */
export function tellReady(): void {
  process.send?.('ready', () => process.disconnect());
}

/** What is between two hops alone, and is not passed on (RFC 9110, 7.6.1); the server answers `Expect` itself. */
const OF_ONE_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Hands requests to the server at a socket, and its answers back. Fails where it can't be reached or hangs up before it
 * answers; an answer that breaks off breaks off here too.
 */
export function forwardTo(socketPath: string): Handler {
  const agent = new Agent({ keepAlive: true });
  return (request, response) =>
    new Promise((resolve, reject) => {
      const { method, url: path } = request;
      const headers = forwardedHeaders(request);
      const onward = requestHttp({ socketPath, agent, method, path, headers, setHost: false });
      // Whoever has left needs nothing made; of an answer that is complete nothing is left to end.
      response.once('close', () => onward.destroy());
      onward.once('error', (error) => (response.destroyed ? resolve(undefined) : reject(error)));
      onward.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.statusMessage, withoutHop(answer.rawHeaders));
        pipeline(answer, response, () => resolve(undefined));
      });
      if (hasBody(request)) pipeline(request, onward, () => undefined);
      else onward.end();
    });
}

function forwardedHeaders({ headers, socket }: IncomingMessage) {
  const kept = Object.entries(headers).filter(([name]) => !OF_ONE_HOP.has(name));
  // As Next notes it where it listens itself; of a client that has just left nobody knows where it was.
  return { 'x-forwarded-for': socket.remoteAddress ?? '', ...Object.fromEntries(kept) };
}

/** @param raw names and values in turn */
function withoutHop(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name, value] = [raw[at] as string, raw[at + 1] as string];
    if (!OF_ONE_HOP.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}
