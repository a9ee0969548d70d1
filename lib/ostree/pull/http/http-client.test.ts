import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { StaticServer } from '../../fixtures/static-server';
import { temporaryDirectory } from '../../fixtures/temporary-directory';
import { HttpClient, type Receiver } from './http-client';
import { parseRemoteUrl } from './remote-url';

const folder = temporaryDirectory();
let server: StaticServer;
let client: HttpClient;
beforeAll(async () => {
  writeFileSync(join(folder, 'file'), Buffer.alloc(200_000, 'a'));
  server = await StaticServer.start(folder);
});
afterAll(() => server.stop());
beforeEach(() => {
  client = new HttpClient(parseRemoteUrl(server.url));
});
afterEach(() => client.close());

function receiver(take: Receiver['take']): Receiver {
  return { headers: () => ({}), begin: () => undefined, take };
}

test('no more is read until what was given is taken in', async () => {
  let isTaking = false;
  let bytes = 0;
  const fetched = client.fetch(
    'file',
    receiver(async (chunk) => {
      expect(isTaking).toBe(false);
      isTaking = true;
      await new Promise(setImmediate);
      bytes += chunk.length;
      isTaking = false;
    }),
  );
  expect(await fetched).toBe('fetched');
  expect(bytes).toBe(200_000);
});

test('what cannot be taken in ends the request with its own error', async () => {
  const error = new Error('no room for it');
  server.takeRequests();
  await expect(
    client.fetch(
      'file',
      receiver(() => Promise.reject(error)),
    ),
  ).rejects.toBe(error);
  expect(server.takeRequests()).toEqual(['file']);
  expect(
    await client.fetch(
      'none',
      receiver(() => undefined),
    ),
  ).toBe('absent');
});
