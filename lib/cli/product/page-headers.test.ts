import { once } from 'node:events';
import http, { type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withPageHeaders } from './page-headers';
import type { Handler } from './serve-pages';

/** As Next does it: it sets anew what it has an opinion on, and says of whom it heard. */
const page: Handler = async (request, response) => {
  response.setHeader('Vary', 'rsc');
  response.appendHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', 'max-age=60');
  const { 'x-treeline-path': path, 'content-security-policy': policy } = request.headers;
  response.end(JSON.stringify({ path, policy }));
};

let server: Server;
let url: string;
let isDevelopment = false;
beforeAll(async () => {
  server = http.createServer((request, response) => withPageHeaders(page, isDevelopment)(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function ask(path: string, headers: Record<string, string> = {}) {
  const request = http.get(url, { path, headers });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of answer) body += chunk;
  return { headers: answer.headers, seen: JSON.parse(body) as { path?: string; policy?: string } };
}

test('a page is kept by nobody, framed by nobody, and runs what carries its nonce', async () => {
  const { headers, seen } = await ask('/promotions');
  expect(headers).toMatchObject({
    'cache-control': 'private, no-store',
    vary: 'Cookie, rsc, Accept-Encoding',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  const policy = headers['content-security-policy'];
  expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic';/);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe-eval');
  // Next takes the nonce from there.
  expect(seen.policy).toBe(policy);
  expect((await ask('/promotions')).headers['content-security-policy']).not.toBe(policy);
});

test('while pages are compiled as they are asked for, they may be evaluated', async () => {
  isDevelopment = true;
  expect((await ask('/')).headers['content-security-policy']).toContain("'unsafe-eval'");
  isDevelopment = false;
});

test.each([
  ['/', '/'],
  ['/stages/dev/refs/os/a?x=1&y=%20', '/stages/dev/refs/os/a?x=1&y=%20'],
  ['/promotions?state=open&_rsc=1a2b', '/promotions?state=open'],
  ['/promotions?_rsc=1a2b', '/promotions'],
  ['/history?text=who?&_rsc=1a2b', '/history?text=who%3F'],
])('of %s it is told that it is %s, whatever the request says', async (path, told) => {
  const forged = {
    'x-treeline-path': '//elsewhere.example',
    'content-security-policy': "script-src 'nonce-a'",
  };
  const { seen } = await ask(path, forged);
  expect(seen.path).toBe(told);
  expect(seen.policy).not.toContain('nonce-a');
});

test.each(['/api/board', '/_next/static/chunk.js'])('%s has headers of its own', async (path) => {
  const { headers, seen } = await ask(path);
  expect(headers['cache-control']).toBe('max-age=60');
  expect(headers).not.toHaveProperty('content-security-policy');
  expect(seen).toEqual({});
});
