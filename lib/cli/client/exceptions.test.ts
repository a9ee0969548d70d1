import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cancel } from './cancel';
import { promote } from './promote';
import { withdraw } from './withdraw';

let server: Server;
let url: string;
let asked: { method?: string; path?: string; body: string }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push({ method: request.method, path: request.url, body });
      const problem = { type: 'about:blank', title: 't', status: 409, code: 'state-changed' };
      const detail = 'promotion #7: no worker has begun it: withdraw it instead';
      response.writeHead(409).end(JSON.stringify({ ...problem, detail }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  vi.stubEnv('TREELINE_TOKEN', 'tl_secret');
});

test('cancel asks for exactly that run to stop, and says what the server says', async () => {
  await expect(cancel(7, { url, reason: 'wrong kernel' })).rejects.toThrow(/withdraw it instead/);
  expect(asked).toEqual([
    { method: 'POST', path: '/api/promotions/7/cancel', body: '{"reason":"wrong kernel"}' },
  ]);
});

test('withdraw takes back exactly that request, and says what the server says', async () => {
  await expect(withdraw(7, { url })).rejects.toThrow(/#7: no worker has begun it/);
  expect(asked).toEqual([{ method: 'POST', path: '/api/promotions/7/withdraw', body: '' }]);
});

test('an emergency is not possible with a token: nobody is even asked', async () => {
  const options = { url, reason: 'because', emergency: true as const };
  await expect(promote('dev', 'staging', ['os/a'], options)).rejects.toThrow(/person who is signed in/);
  expect(asked).toEqual([]);
});
