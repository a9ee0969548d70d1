import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { nodeFs } from '../fs-port';
import { openRepo } from '../repo/open-repo';
import { readCommit } from '../repo/read-commit';
import { repoHandle, repoOfHandle } from './repo-handle';
import type { ThreadJob } from './thread-job';
import type { ThreadAnswer } from './thread-pool';

const { port1: here, port2: there } = new MessageChannel();
let fixture: PullFixture;
beforeAll(async () => {
  fixture = new PullFixture();
  // What runs in a thread, run in this one: only its port is put in place.
  vi.doMock('node:worker_threads', async (original) => ({
    ...(await original<typeof import('node:worker_threads')>()),
    parentPort: there,
  }));
  vi.resetModules();
  await import('./engine-thread');
});
afterAll(() => {
  here.close();
  vi.doUnmock('node:worker_threads');
  vi.resetModules();
  fixture.remove();
});

let lastId = 0;
async function answerTo(job: ThreadJob): Promise<ThreadAnswer> {
  const id = ++lastId;
  const answered = once(here, 'message') as Promise<[ThreadAnswer]>;
  here.postMessage({ id, job });
  const [answer] = await answered;
  expect(answer.id).toBe(id);
  return answer;
}

function handleOf(repo: ReturnType<PullFixture['openSource']>) {
  const handle = repoHandle(repo);
  if (handle === null) throw new Error('a plain repository can be worked on from any thread');
  return handle;
}

test('a thread links, checks and says what is wrong, by name', async () => {
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  const digits = fixture.checksumOf(fixture.commit(), '/usr');
  mkdirSync(join(fixture.targetPath, 'objects', digits.slice(0, 2)), { recursive: true });
  const batch = { type: 'dirtree', count: 1, digits } as const;
  const job = { kind: 'import', source: handleOf(source), target: handleOf(target), batch } as const;
  expect(await answerTo({ ...job, verifyObjects: true })).toMatchObject({ result: { linked: 1 } });
  const check = { kind: 'check', repo: handleOf(target), isQuick: false } as const;
  expect(await answerTo({ ...check, batch })).toMatchObject({ result: [] });
  const missing = 'ab'.repeat(32) as Checksum;
  expect(await answerTo({ ...check, batch: { ...batch, digits: missing } })).toMatchObject({
    result: [{ checksum: missing, code: 'ostree/object-missing' }],
  });
  expect(await answerTo({ ...job, verifyObjects: true, batch: { ...batch, digits: missing } })).toMatchObject(
    { error: { kind: 'app', code: 'ostree/object-missing' } },
  );
});

test('a repository with a port of its own, or objects elsewhere, is worked on in one thread alone', () => {
  const repo = fixture.openSource({ ...nodeFs });
  expect(repoHandle(repo)).toBeNull();
  const plain = openRepo(fixture.sourcePath);
  expect(repoHandle({ ...plain, parent: plain })).toBeNull();
  expect(repoHandle(plain)).toMatchObject({ path: plain.path, mode: plain.mode });
  plain.close();
});

test('a thread leaves a repository open, whose owner closes it', () => {
  const source = fixture.openSource();
  const head = fixture.commit();
  repoOfHandle(handleOf(source)).close();
  expect(readCommit(source, head).checksum).toBe(head);
});
