import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { crashingFs, InjectedCrash } from '../../fixtures/faulty-fs';
import { fsckClean, listFiles, objectFile, visibleState } from '../../fixtures/pull-fixture';
import { type HttpFault, StaticServer, type StaticServerOptions } from '../../fixtures/static-server';
import type { Checksum } from '../../format/checksum';
import { fsckRepo } from '../../repo/fsck-repo';
import { initRepo } from '../../repo/init-repo';
import { lookupPath } from '../../repo/list-tree';
import { openRepo } from '../../repo/open-repo';
import { resolveRef } from '../../repo/resolve-rev';
import { commitDirectory } from '../../write/commit-tree';
import { type HttpPullOptions, pullOverHttp } from './pull-over-http';
import { parseRemoteUrl } from './remote-url';

vi.setConfig({ testTimeout: 300_000 });

/** Beyond what is held in memory, and incompressible. */
const LARGE_BYTES = 1400 * 1024;

let folder: string;
let sourcePath: string;
let targetPath: string;
let head: Checksum;
let large: string;
let server: StaticServer;
let options: StaticServerOptions;
let targets = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'broken-line-'));
  sourcePath = join(folder, 'source');
  const tree = join(folder, 'tree');
  for (const name of ['bin', 'share/doc', 'share/empty']) mkdirSync(join(tree, name), { recursive: true });
  writeFileSync(join(tree, 'bin/tool'), 'a tool\n'.repeat(500));
  writeFileSync(join(tree, 'share/doc/readme'), 'read me\n');
  writeFileSync(join(tree, 'share/large'), randomBytes(LARGE_BYTES));
  initRepo(sourcePath);
  const source = openRepo(sourcePath);
  head = await commitDirectory(source, { tree, ref: 'os/main', parent: null, timestamp: 1_700_000_000 });
  const entry = lookupPath(source, head, 'share/large');
  source.close();
  large = objectFile('', entry?.checksum ?? '', 'filez');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  options = {};
  newTarget();
  server = await StaticServer.start(sourcePath, {
    onRequest: (...asked) => options.onRequest?.(...asked) ?? null,
    get hasRanges() {
      return options.hasRanges;
    },
    get hasTags() {
      return options.hasTags;
    },
  });
});
afterEach(() => server.stop());

function newTarget(): void {
  targetPath = join(folder, `target-${targets++}`);
  initRepo(targetPath);
}

async function pulled(pullOptions: HttpPullOptions = {}) {
  const target = openRepo(targetPath);
  try {
    const more = { backoffMilliseconds: 1, ...pullOptions };
    return await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main'], more);
  } finally {
    target.close();
  }
}

async function expectWhole(): Promise<void> {
  const target = openRepo(targetPath);
  expect(resolveRef(target, 'os/main')).toBe(head);
  expect((await fsckRepo(target)).problems).toEqual([]);
  target.close();
  for (const name of ['tmp', 'state']) expect(listFiles(join(targetPath, name))).toEqual([]);
}

const FAULTS: HttpFault[] = ['drop', 'server-error', 'truncate', 'shorten', 'duplicate', 'delay'];

test('answers that go wrong once are asked for again, whichever they are and however they go wrong', async () => {
  await pulled();
  const paths = server.takeRequests();
  expect(paths.length).toBeGreaterThan(12);
  for (const shift of FAULTS.keys()) {
    newTarget();
    const faults = new Map(paths.map((path, index) => [path, FAULTS[(index + shift) % FAULTS.length]]));
    options.onRequest = (path) => {
      const fault = faults.get(path) ?? null;
      faults.delete(path);
      return fault;
    };
    await pulled();
    await expectWhole();
    expect(faults.size).toBe(0);
  }
  fsckClean(targetPath);
});

test('an answer that goes wrong for ever ends the pull, names itself and leaves the target as it was', async () => {
  await pulled();
  const kinds = ['drop', 'server-error', 'truncate'] as const;
  for (const [index, path] of server.takeRequests().entries()) {
    // What is not there cannot break off.
    const isMissing = /summary|commitmeta/.test(path);
    const fault = kinds[index % (isMissing ? 2 : 3)] ?? null;
    options.onRequest = (asked) => (asked === path ? fault : null);
    newTarget();
    const before = visibleState(targetPath);
    const error = await pulled({ networkRetries: 2 }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'ostree/fetch-failed',
      message: expect.stringContaining(`${server.url}${path} cannot be fetched: `),
    });
    expect(error).toMatchObject({ message: expect.stringMatching(/; tried 3 times$/) });
    expect(visibleState(targetPath)).toEqual(before);
  }
});

test('a large object that breaks off is asked for from there on, however often', async () => {
  let breaks = 0;
  options.onRequest = (path) => (path === large && breaks++ === 0 ? 'truncate' : null);
  await pulled({ networkRetries: 1 });
  await expectWhole();
  const asked = server.takeRequests().filter((path) => path.startsWith(large));
  expect(asked).toEqual([large, expect.stringMatching(new RegExp(`^${large}#bytes=\\d{6}-$`))]);
});

test.each([
  ['a server without tags', { hasTags: false }, 2],
  ['a server without ranges', { hasRanges: false }, 2],
] as const)('%s is no hindrance', async (_name, server_, requests) => {
  let breaks = 0;
  options = { ...server_, onRequest: (path) => (path === large && breaks++ === 0 ? 'truncate' : null) };
  await pulled();
  await expectWhole();
  expect(server.takeRequests().filter((path) => path.startsWith(large))).toHaveLength(requests);
});

test('tries count anew where a large object gets on', async () => {
  let asked = 0;
  options.onRequest = (path, request, response) => {
    if (path !== large || ++asked > 2) return null;
    const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
    const all = readLarge();
    response.writeHead(start === 0 ? 200 : 206, {
      'Content-Length': all.length - start,
      'Content-Range': `bytes ${start}-${all.length - 1}/${all.length}`,
    });
    response.write(all.subarray(start, start + 500_000), () => request.socket.destroy());
    return 'answered';
  };
  await pulled({ networkRetries: 1 });
  await expectWhole();
  expect(asked).toBe(3);
});

function readLarge(): Buffer {
  return readFileSync(join(sourcePath, large));
}

test('an object that changed between two tries is fetched whole', async () => {
  const other = Buffer.concat([Buffer.from('something else'), readLarge()]);
  let asked = 0;
  options.onRequest = (path, request, response) => {
    if (path !== large || ++asked > 2) return null;
    response.writeHead(asked === 1 ? 200 : 206, {
      'Content-Length': other.length,
      'Content-Range': `bytes 700000-${other.length - 1}/${other.length}`,
    });
    response.write(readLarge().subarray(0, 700_000), () => request.socket.destroy());
    return 'answered';
  };
  await pulled();
  await expectWhole();
});

test.each([
  ['another range than was asked for', 206, { 'Content-Range': 'bytes 5-9/10' }],
  ['a range that is none', 206, { 'Content-Range': 'bytes */10' }],
  ['a part without a range', 206, {}],
  ['that it has less of it', 416, {}],
])('where the server answers %s, the object is fetched whole', async (_what, status, headers) => {
  let asked = 0;
  let isPastCaches = false;
  options.onRequest = (path, request, response) => {
    if (path !== large) return null;
    isPastCaches ||= request.headers['cache-control'] !== undefined;
    if (++asked !== 2) return asked === 1 ? 'truncate' : null;
    response.writeHead(status, headers).end(readLarge().subarray(5, 10));
    return 'answered';
  };
  await pulled();
  await expectWhole();
  const requests = server.takeRequests().filter((path) => path.startsWith(large));
  expect(requests).toEqual([large, expect.stringContaining('#bytes='), large]);
  // Nothing of it was mixed up and then found bad.
  expect(isPastCaches).toBe(false);
});

test('what a failed or stopped pull has brought of content does not come again', async () => {
  const stop = new AbortController();
  options.onRequest = (path) => {
    if (path === large) stop.abort();
    return null;
  };
  const before = visibleState(targetPath);
  await expect(pulled({ signal: stop.signal, connections: 1 })).rejects.toMatchObject({
    code: 'ostree/aborted',
  });
  expect(visibleState(targetPath)).toEqual(before);
  const first = server.takeRequests().filter((path) => path.endsWith('.filez'));
  await pulled();
  await expectWhole();
  const second = server.takeRequests().filter((path) => path.endsWith('.filez'));
  expect(first.filter((path) => second.includes(path))).toEqual([large]);
});

test('a process that dies at any effect leaves a valid target, and the next pull completes it', async () => {
  let isThrough = false;
  // Every effect in its turn, in steps that shift from run to run: the deep test takes them all.
  const step = Number(process.env.TREELINE_CRASH_STEP ?? 9);
  const first = 1 + Math.floor(Math.random() * step);
  console.log(`dying at effects ${first}, ${first + step}, …`);
  for (let nth = first; !isThrough; nth += step) {
    newTarget();
    const dying = openRepo(targetPath, { fs: crashingFs(nth) });
    try {
      await pullOverHttp(parseRemoteUrl(server.url), dying, ['os/main']);
      isThrough = true;
    } catch (error) {
      expect(error).toBeInstanceOf(InjectedCrash);
    }
    const target = openRepo(targetPath);
    expect([null, head]).toContain(resolveRef(target, 'os/main'));
    expect((await fsckRepo(target)).problems).toEqual([]);
    target.close();
    await pulled();
    await expectWhole();
    expect(nth).toBeLessThan(2000);
  }
  fsckClean(targetPath);
});
