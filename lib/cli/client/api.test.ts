import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { askApi } from './api';

let server: Server;
let url: string;
let asked: IncomingMessage[] = [];
let answer: { status: number; headers?: Record<string, string>; body: string };
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: '{"ok":true}' };
  vi.stubEnv('TREELINE_TOKEN', 'tl_secret');
});

const schema = z.object({ ok: z.boolean() });
const ask = (options = {}) =>
  askApi({ url, ...options }, { method: 'POST', path: '/api/x', body: { a: 1 }, schema });

test('the token goes along as a bearer, and the answer is checked', async () => {
  expect(await ask({ url: `${url}/` })).toEqual({ ok: true });
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/api/x' });
  expect(asked[0]?.headers).toMatchObject({
    authorization: 'Bearer tl_secret',
    'content-type': 'application/json',
  });
});

test.each([
  [
    {
      status: 403,
      body: '{"type":"about:blank","title":"t","status":403,"code":"forbidden","detail":"not you"}',
    },
    'not you',
  ],
  [{ status: 502, body: '<html>bad gateway</html>' }, 'answered 502'],
  [{ status: 200, body: '{"other":1}' }, 'does not know'],
  [{ status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' }, 'can’t be reached'],
])('what goes wrong is one sentence, without the token: %j', async (wrong, sentence) => {
  answer = wrong;
  const error = await ask().catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ message: expect.stringContaining(sentence) });
  expect(JSON.stringify(error)).not.toContain('tl_secret');
  expect(asked).toHaveLength(1);
});

test('without an address or a token it asks nobody', async () => {
  vi.stubEnv('TREELINE_TOKEN', '');
  for (const options of [{}, { tokenFile: '/nowhere' }, { url: 'ftp://x' }, { url: 'x' }]) {
    await expect(ask(options)).rejects.toMatchObject({ code: 'usage' });
  }
  expect(asked).toEqual([]);
});
