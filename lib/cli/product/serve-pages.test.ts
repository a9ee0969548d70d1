import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { findFreePort } from '../../testing/free-port';

// Pages are built for the end-to-end tests alone: here a function says what Next would make of a request.
let make: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
const closed = vi.fn();
vi.doMock('next', () => ({
  default: () => ({
    prepare: async () => undefined,
    getRequestHandler: () => (request: IncomingMessage, response: ServerResponse) => make(request, response),
    close: async () => closed(),
  }),
}));

let end: (() => Promise<void>) | undefined;
afterEach(async () => {
  await end?.();
  end = undefined;
});
afterAll(() => {
  vi.doUnmock('next');
  vi.resetModules();
});

async function serve(turnMillisecondsMax = 60_000): Promise<string> {
  const { servePages } = await import('./serve-pages');
  const port = await findFreePort();
  const controller = new AbortController();
  const logger = pino({ level: 'silent' });
  const { signal } = controller;
  const served = servePages({ root: '.', host: '127.0.0.1', port, logger, signal, turnMillisecondsMax });
  end = async () => {
    controller.abort();
    await served;
  };
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const isUp = await fetch(`${url}/api/health`).then(
      () => true,
      () => false,
    );
    if (isUp) return url;
    await pause(10);
  }
}

const textAt = async (url: string) => (await fetch(url)).text();

test('pages are made one after the other, and the API answers meanwhile', async () => {
  const said: string[] = [];
  make = async ({ url }, response) => {
    said.push(`${url} begins`);
    if (!url?.startsWith('/api')) await pause(30);
    said.push(`${url} ends`);
    response.end(url);
  };
  const url = await serve();
  said.length = 0;
  const pages = ['/', '/promotions', '/?_rsc=1'].map((path) => textAt(url + path));
  await pause(15);
  expect(await textAt(`${url}/api/board`)).toBe('/api/board');
  expect(await Promise.all(pages)).toEqual(['/', '/promotions', '/?_rsc=1']);
  const ofPages = said.filter((line) => !line.startsWith('/api'));
  for (let at = 0; at < ofPages.length; at += 2) {
    expect(ofPages[at + 1]).toBe(ofPages[at]?.replace('begins', 'ends'));
  }
  expect(said.indexOf('/api/board ends')).toBeLessThan(said.lastIndexOf(ofPages[4] as string));
});

test('one that waits holds up the others no longer than a moment, and one that fails not at all', async () => {
  make = async ({ url }, response) => {
    if (url === '/stuck') await new Promise(() => undefined);
    if (url === '/broken') throw new Error('what Next does not catch');
    response.end(url);
  };
  const url = await serve(100);
  const stuck = http.get(`${url}/stuck`);
  stuck.on('error', () => undefined);
  await pause(20);
  const broken = await fetch(`${url}/broken`);
  expect([broken.status, await broken.text()]).toEqual([500, '']);
  expect(await textAt(`${url}/next`)).toBe('/next');
  stuck.destroy();
});

test('a page that nobody waits for any more is not made', async () => {
  const made: (string | undefined)[] = [];
  make = async ({ url }, response) => {
    made.push(url);
    await pause(40);
    response.end();
  };
  const url = await serve();
  made.length = 0;
  const first = fetch(`${url}/first`);
  while (made.length === 0) await pause(1);
  const left = http.get(`${url}/left`);
  left.on('error', () => undefined);
  await pause(10);
  left.destroy();
  await first;
  await textAt(`${url}/last`);
  expect(made).toEqual(['/first', '/last']);
});

test('it ends when it is told to, though a stream goes on', async () => {
  make = async ({ url }, response) => {
    response.write('begun');
    if (url !== '/api/stream') response.end();
  };
  const url = await serve();
  const request = http.get(`${url}/api/stream`);
  const [stream] = (await once(request, 'response')) as [IncomingMessage];
  stream.on('error', () => undefined);
  stream.resume();
  const gone = new Promise((resolve) => stream.once('close', resolve));
  await end?.();
  await gone;
  expect(closed).toHaveBeenCalled();
  await expect(fetch(url)).rejects.toThrow();
});
