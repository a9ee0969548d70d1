import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { z } from 'zod';
import { AppError, errnoOf, isAppError } from '../errors';
import { type RefusalCode, refusalCodeSchema, requestBytesMax } from './protocol';

export interface SocketService<Request> {
  socketPath: string;
  requests: z.ZodType<Request>;
  /** Does one request. What it throws becomes the answer; only an AppError's own words are sent. */
  handle: (request: Request) => Promise<unknown>;
  /** Told of every request that failed. */
  onRefused: (error: unknown) => void;
}

export interface ServedSocket {
  close(): Promise<void>;
}

/** Peers that say nothing for so long are hung up on, in milliseconds. */
const idleMilliseconds = 120_000;
const connectionsMax = 64;

/**
 * Listens on a Unix socket of mode 0600 and answers one JSON line by another, one at a time per connection.
 * A socket file that a killed process left behind is replaced; one that somebody listens on is not.
 *
 * @throws AppError `conflict` where somebody listens already, `home-unsafe` where the path is no socket
 */
export async function serveSocket<Request>(service: SocketService<Request>): Promise<ServedSocket> {
  await removeStaleSocket(service.socketPath);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(idleMilliseconds, () => socket.destroy());
    serveConnection(socket, service);
  });
  server.maxConnections = connectionsMax;
  await listenPrivately(server, service.socketPath);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serveConnection<Request>(socket: Socket, service: SocketService<Request>): void {
  let pending = Buffer.alloc(0);
  let last: Promise<void> = Promise.resolve();
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let end = pending.indexOf(0x0a); end !== -1; end = pending.indexOf(0x0a)) {
      const line = pending.subarray(0, end).toString('utf8');
      pending = pending.subarray(end + 1);
      last = last.then(() => answer(socket, line, service));
    }
    if (pending.length > requestBytesMax) socket.destroy();
  });
}

async function answer<Request>(socket: Socket, line: string, service: SocketService<Request>): Promise<void> {
  const response = await respond(line, service);
  if (!socket.destroyed) socket.write(`${JSON.stringify(response)}\n`);
}

async function respond<Request>(line: string, { requests, handle, onRefused }: SocketService<Request>) {
  try {
    if (line.length > requestBytesMax) throw new AppError('input-invalid', 'the request is too long');
    const parsed = requests.safeParse(parseJson(line));
    if (!parsed.success) throw new AppError('input-invalid', 'the signer knows no such request');
    return { ok: true, result: await handle(parsed.data) };
  } catch (error) {
    onRefused(error);
    if (!isAppError(error)) {
      return { ok: false, code: 'signer-unreachable', message: 'the signer could not do it; see its log' };
    }
    return { ok: false, code: refusalCodeOf(error), message: error.message.slice(0, 4000) };
  }
}

/** Codes outside the protocol's own (a database that is away, an object that can't be read) may pass by themselves. */
function refusalCodeOf(error: AppError): RefusalCode {
  const parsed = refusalCodeSchema.safeParse(error.code);
  if (parsed.success) return parsed.data;
  return error.code.startsWith('ostree/') ? 'signer-refused' : 'signer-unreachable';
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Not JSON: no schema takes undefined.
    return undefined;
  }
}

async function removeStaleSocket(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket())
    throw new AppError('home-unsafe', `${path} is not a socket; remove it`, { details: { path } });
  if (await isListening(path)) {
    throw new AppError('conflict', `another signer listens on ${path}; stop it first`, { details: { path } });
  }
  unlinkSync(path);
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => {
      if (['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error) ?? '')) resolve(false);
      else reject(error);
    });
  });
}

/** The name comes into being with mode 0600: `listen` binds before it returns. */
function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        chmodSync(path, 0o600);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}
