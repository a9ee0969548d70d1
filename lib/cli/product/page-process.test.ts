import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http, { type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { forwardTo, pageProcess, pagesSocketPath, sweepPagesSockets } from './page-process';
import type { Handler } from './serve-pages';
import { superviseProcesses } from './supervise';
import { Turns } from './turns';

let folder: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-pages-'));
});
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

async function listen(listener: RequestListener, path?: string): Promise<Server> {
  const server = http.createServer(listener);
  servers.push(server);
  server.listen(path === undefined ? { host: '127.0.0.1', port: 0 } : { path });
  await once(server, 'listening');
  return server;
}

/** The address of a server that hands requests on to one at a socket, and why it could not. */
async function listenBefore(behind: RequestListener): Promise<{ url: string; failures: unknown[] }> {
  const socketPath = join(folder, 'behind');
  await listen(behind, socketPath);
  const forward = forwardTo(socketPath);
  const failures: unknown[] = [];
  const front = await listen((request, response) => {
    forward(request, response).catch((error) => {
      failures.push(error);
      response.destroy();
    });
  });
  return { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, failures };
}

/** Something that happens once, and that is waited for. */
function occasion(): { came: Promise<void>; come: () => void } {
  let come = (): void => undefined;
  const came = new Promise<void>((resolve) => {
    come = resolve;
  });
  return { came, come };
}

test('a request and its answer arrive as they are, but for what is between two hops', async () => {
  let seen: IncomingMessage | undefined;
  const { url } = await listenBefore(async (request, response) => {
    seen = request;
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(418, 'A teapot', [
      ...['Set-Cookie', 'a=1'],
      ...['Set-Cookie', 'b=2'],
      ...['X-Body', body],
      ...['Keep-Alive', 'timeout=7'],
    ]);
    response.end('short and stout');
  });
  const request = http.request(`${url}/api/x?y=%20z`, {
    method: 'PUT',
    headers: { host: 'treeline.example', cookie: 'a=1; b=2', te: 'trailers', connection: 'close, te' },
  });
  // Of no length that is said before: it goes in pieces.
  request.write('one ');
  request.end('two');
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += chunk;
  expect([answer.statusCode, answer.statusMessage, text]).toEqual([418, 'A teapot', 'short and stout']);
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect(answer.headers).toMatchObject({ 'x-body': 'one two', connection: 'close' });
  expect(answer.headers).not.toHaveProperty('keep-alive');
  expect([seen?.method, seen?.url]).toEqual(['PUT', '/api/x?y=%20z']);
  expect(seen?.headers).toMatchObject({
    host: 'treeline.example',
    cookie: 'a=1; b=2',
    connection: 'keep-alive',
    'x-forwarded-for': '127.0.0.1',
  });
  expect(seen?.headers).not.toHaveProperty('te');
});

test('who is behind a proxy of their own is told as that proxy tells it', async () => {
  const { url } = await listenBefore((request, response) => {
    response.end(request.headers['x-forwarded-for']);
  });
  const answer = await fetch(url, { headers: { 'x-forwarded-for': '192.0.2.7, 192.0.2.8' } });
  expect(await answer.text()).toBe('192.0.2.7, 192.0.2.8');
});

test('a stream arrives piece by piece, and ends behind when whoever reads it has left', async () => {
  const gone = occasion();
  const { url, failures } = await listenBefore((_, response) => {
    response.once('close', gone.come);
    response.write('first');
  });
  const request = http.get(url);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  const [piece] = await once(answer, 'data');
  expect(String(piece)).toBe('first');
  answer.on('error', () => undefined);
  request.destroy();
  await gone.came;
  expect(failures).toEqual([]);
});

test('whoever leaves before there is an answer ends the question behind', async () => {
  const gone = occasion();
  const asked = occasion();
  const { url, failures } = await listenBefore((_, response) => {
    response.once('close', gone.come);
    asked.come();
  });
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  // A body that is never finished.
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nbegun');
  await asked.came;
  socket.destroy();
  await gone.came;
  await pause(10);
  expect(failures).toEqual([]);
});

test('an answer that breaks off is not taken for a whole one, and without an answer there is an error', async () => {
  const { url, failures } = await listenBefore((request, response) => {
    if (request.url === '/none') {
      request.socket.destroy();
      return;
    }
    response.write('half of ');
    setTimeout(() => request.socket.destroy(), 10);
  });
  await expect(fetch(`${url}/half`).then((answer) => answer.text())).rejects.toThrow();
  expect(failures).toEqual([]);
  await expect(fetch(`${url}/none`)).rejects.toThrow();
  expect(failures).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('a process makes pages from when it listens until it ends, and is started again', async () => {
  const program = join(folder, 'program.mjs');
  writeFileSync(
    program,
    `import http from 'node:http';
    http.createServer((request, response) => {
      if (request.url === '/die') process.exit(1);
      response.end(String(process.pid));
    }).listen(process.env.TREELINE_PAGES_SOCKET, () => process.send('ready', () => process.disconnect()));
    process.stdin.resume().once('end', () => process.exit());`,
  );
  const makers = new Turns<Handler>(60_000);
  const socketPath = pagesSocketPath(folder, 1);
  // One that was killed has left its socket.
  writeFileSync(socketPath, '');
  const controller = new AbortController();
  const spec = pageProcess({ name: 'web 1', args: [program], socketPath, makers });
  const running = superviseProcesses([spec], {
    logger: pino({ level: 'silent' }),
    signal: controller.signal,
  });
  const front = await listen(async (request, response) => {
    const turn = await makers.take();
    response.once('close', turn.end);
    await turn.place(request, response).catch(() => response.destroy());
  });
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const first = await (await fetch(url)).text();
  await expect(fetch(`${url}/die`)).rejects.toThrow();
  while (makers.isOpen) await pause(1);
  // It waits for the next one.
  const second = await (await fetch(url)).text();
  expect(Number(second)).toBeGreaterThan(0);
  expect(second).not.toBe(first);
  controller.abort();
  await running;
  await pause(10);
  expect(makers.isOpen).toBe(false);
});

test('sockets of processes that are gone are removed, and nothing else', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const names = [`web-${pid}-1`, `web-${process.pid}-1`, 'web-1-2', 'signer.sock', 'web-x-1'];
  for (const name of names) writeFileSync(join(folder, name), '');
  sweepPagesSockets(folder);
  expect(existsSync(join(folder, `web-${pid}-1`))).toBe(false);
  expect(readdirSync(folder).sort()).toEqual(names.slice(1).sort());
});
