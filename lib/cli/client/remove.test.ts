import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FormerCommitsDto } from '../../contracts/commit';
import { remove } from './remove';

const head = 'a'.repeat(64);
let edges: FormerCommitsDto['edges'];
let asked: { method?: string; path?: string; body: unknown }[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      asked.push({ method: request.method, path: request.url, body: body === '' ? null : JSON.parse(body) });
      if (request.method === 'GET') {
        const commit = { checksum: head, version: null, subject: '', timestamp: '2026-11-26T00:00:00.000Z' };
        const former: FormerCommitsDto = {
          stage: 'production',
          ref: 'os/old',
          head: commit,
          edges,
          items: [],
          hasMore: false,
        };
        response.writeHead(200).end(JSON.stringify(former));
        return;
      }
      const detail = 'a token with the scopes read does not allow this';
      const problem = { type: 'about:blank', title: 't', status: 403, code: 'forbidden', detail };
      response.writeHead(403).end(JSON.stringify(problem));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
  edges = [{ id: 'e1', from: 'staging', to: 'production' }];
  vi.stubEnv('TREELINE_TOKEN', 'tl_secret');
});

const ask = (options = {}) =>
  remove('production', ['os/old'], { url, reason: 'nobody builds it', ...options });

test('a plan is made for the refs at what they are now, and what the server says is said', async () => {
  await expect(ask()).rejects.toThrow(/scopes read does not allow this/);
  expect(asked).toEqual([
    { method: 'GET', path: '/api/stages/production/refs/os%2Fold/former', body: null },
    {
      method: 'POST',
      path: '/api/plans',
      body: { kind: 'remove', edge: 'e1', refs: [{ ref: 'os/old', checksum: head }] },
    },
  ]);
});

test('where several edges bring the ref, one has to be chosen; where none does, nobody could approve it', async () => {
  edges = [...edges, { id: 'e2', from: 'dev', to: 'production' }];
  await expect(ask()).rejects.toThrow(/several edges bring these refs, from staging, dev/);
  await expect(ask({ edge: 'dev' })).rejects.toThrow(/does not allow/);
  expect(asked.at(-1)?.body).toMatchObject({ edge: 'e2' });
  edges = [];
  await expect(ask()).rejects.toThrow(/no edge brings all of these refs/);
});
