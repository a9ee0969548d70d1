import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { findFreePort } from '../../testing/free-port';
import { type Handler, servePages } from './serve-pages';
import { Turns } from './turns';

let end: (() => Promise<void>) | undefined;
afterEach(async () => {
  await end?.();
  end = undefined;
});

/** Serves what these make of a request. */
async function serve(handlers: readonly Handler[], turnMillisecondsMax = 60_000): Promise<string> {
  const makers = new Turns<Handler>(turnMillisecondsMax);
  for (const handler of handlers) makers.open(handler);
  const port = await findFreePort();
  const controller = new AbortController();
  const { signal } = controller;
  const logger = pino({ level: 'silent' });
  let served: Promise<void> | undefined;
  await new Promise<void>((onListening) => {
    served = servePages({ host: '127.0.0.1', port }, makers, { logger, signal, onListening });
  });
  end = async () => {
    controller.abort();
    await served;
  };
  return `http://127.0.0.1:${port}`;
}

const textAt = async (url: string) => (await fetch(url)).text();

test('pages are made one after the other, and the API answers meanwhile', async () => {
  const said: string[] = [];
  const url = await serve([
    async (request, response) => {
      said.push(`${request.url} begins`);
      if (!request.url?.startsWith('/api')) await pause(30);
      said.push(`${request.url} ends`);
      response.end(request.url);
    },
  ]);
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

test('no page waits while one of those who make them has nothing to do, and the API goes to that one too', async () => {
  let letGo = (): void => undefined;
  const stuck = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const makers = ['one', 'two'].map<Handler>((name) => async (request, response) => {
    if (request.url === '/stuck') await stuck;
    response.end(name);
  });
  const url = await serve(makers);
  const first = textAt(`${url}/stuck`);
  await pause(20);
  expect(await textAt(`${url}/`)).toBe('two');
  expect(await textAt(`${url}/api/board`)).toBe('two');
  letGo();
  expect(await first).toBe('one');
  expect(await textAt(`${url}/`)).toBe('one');
});

test('one that waits holds up the others no longer than a moment, and one that fails not at all', async () => {
  const url = await serve(
    [
      async (request, response) => {
        if (request.url === '/stuck') await new Promise(() => undefined);
        if (request.url === '/broken') throw new Error('what Next does not catch');
        if (request.url === '/half') {
          response.write('half of it');
          await pause(5);
          throw new Error('what Next does not catch either');
        }
        response.end(request.url);
      },
    ],
    100,
  );
  const stuck = http.get(`${url}/stuck`);
  stuck.on('error', () => undefined);
  await pause(20);
  const broken = await fetch(`${url}/broken`);
  expect(broken.status).toBe(500);
  expect(await broken.text()).toBe('This could not be answered; the log says why.\n');
  // Half of a page is not taken for a page.
  await expect(textAt(`${url}/half`)).rejects.toThrow();
  expect(await textAt(`${url}/next`)).toBe('/next');
  stuck.destroy();
});

test('a page that nobody waits for any more is not made', async () => {
  const made: (string | undefined)[] = [];
  const url = await serve([
    async (request, response) => {
      made.push(request.url);
      await pause(40);
      response.end();
    },
  ]);
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

test('while there is nobody to make anything, it says so', async () => {
  const url = await serve([]);
  for (const path of ['/', '/api/board']) {
    const answer = await fetch(url + path);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toBe('Treeline is starting; try again in a moment.\n');
  }
});

test('it ends when it is told to, though a stream goes on', async () => {
  const url = await serve([
    async (request, response) => {
      response.write('begun');
      if (request.url !== '/api/stream') response.end();
    },
  ]);
  const request = http.get(`${url}/api/stream`);
  const [stream] = (await once(request, 'response')) as [IncomingMessage];
  stream.on('error', () => undefined);
  stream.resume();
  const gone = new Promise((resolve) => stream.once('close', resolve));
  await end?.();
  await gone;
  await expect(fetch(url)).rejects.toThrow();
});
