import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { HandMadeRepo, PLAIN_DIRMETA, PLAIN_FILE } from '../../fixtures/hand-made-repo';
import { fsckClean, visibleState } from '../../fixtures/pull-fixture';
import { StaticServer } from '../../fixtures/static-server';
import { type Checksum, sha256 } from '../../format/checksum';
import { serializeFilezHeader } from '../../format/file-header';
import { objectPath } from '../../format/object-path';
import { initRepo } from '../../repo/init-repo';
import { openRepo } from '../../repo/open-repo';
import { type HttpPullOptions, pullOverHttp } from './pull-over-http';
import { parseRemoteUrl } from './remote-url';

vi.setConfig({ testTimeout: 120_000 });

/** What this process may grow by while a server tries to fill it. */
const GROWTH_BYTES_MAX = 300 * 1024 * 1024;

let folder: string;
let source: HandMadeRepo;
let targetPath: string;
let server: StaticServer;
let dirtree: Checksum;
let file: Checksum;
let commit: Checksum;
/** How the file of that path is answered in place of what it is. */
let answers: Map<string, (response: ServerResponse) => void>;
let repos = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  source = new HandMadeRepo(join(folder, `source-${repos}`));
  targetPath = join(folder, `target-${repos++}`);
  initRepo(targetPath);
  file = source.filez(Buffer.from('content\n'.repeat(100)));
  dirtree = source.dirtree({ files: [{ name: 'a', checksum: file }], dirs: [] });
  commit = source.commit(dirtree);
  answers = new Map();
  server = await StaticServer.start(source.path, {
    onRequest: (path, _request, response) => {
      const answer = answers.get(path);
      if (answer === undefined) return null;
      answer(response);
      return 'answered';
    },
  });
});
afterEach(() => server.stop());

/** Pulls, which must fail and leave the target as it was. */
async function refused(options: HttpPullOptions = {}): Promise<{ code: string; message: string }> {
  const before = visibleState(targetPath);
  const target = openRepo(targetPath);
  const rss = process.memoryUsage().rss;
  let most = rss;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  try {
    const more = { backoffMilliseconds: 1, networkRetries: 1, ...options };
    await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main'], more);
  } catch (error) {
    expect(error).toMatchObject({ name: 'AppError' });
    expect(visibleState(targetPath)).toEqual(before);
    expect(most - rss).toBeLessThan(GROWTH_BYTES_MAX);
    return error as { code: string; message: string };
  } finally {
    clearInterval(sampler);
    target.close();
  }
  throw new Error('it was accepted');
}

const fileAt = () => objectPath(file, 'file', 'archive');

/** Sends `before`, and then `piece` for ever. */
function endless(piece: Buffer, before = Buffer.alloc(0)) {
  return (response: ServerResponse) => {
    response.write(before);
    const more = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  };
}

function whole(bytes: Buffer | string, headers: Record<string, string | number> = {}) {
  return (response: ServerResponse) => response.writeHead(200, headers).end(bytes);
}

test.each(['config', 'refs/heads/os/main', 'summary'])(
  'an endless %s is cut off at its limit',
  async (path) => {
    answers.set(path, endless(Buffer.alloc(64 * 1024, 'a')));
    expect(await refused()).toMatchObject({
      code: 'ostree/object-too-large',
      message: expect.stringMatching(new RegExp(`^${server.url}${path} is larger than \\d+ bytes$`)),
    });
  },
);

test.each(['commit', 'commitmeta', 'dirtree', 'dirmeta'] as const)(
  'an endless %s is cut off at its limit, and named',
  async (type) => {
    const checksum = { commit, commitmeta: commit, dirtree, dirmeta: sha256(PLAIN_DIRMETA) }[type];
    answers.set(objectPath(checksum, type, 'archive'), endless(Buffer.alloc(64 * 1024)));
    expect(await refused()).toMatchObject({
      code: 'ostree/object-too-large',
      message: expect.stringContaining(`${checksum}.${type} in ${server.url} is too large: `),
    });
  },
);

test('a ref that says it is a gigabyte is not even begun with; nor is a negative or absurd length believed', async () => {
  answers.set('refs/heads/os/main', (response) =>
    response.writeHead(200, { 'Content-Length': 2 ** 30 }).write('a'),
  );
  expect(await refused()).toMatchObject({ code: 'ostree/object-too-large' });
  answers.set('refs/heads/os/main', (response) => {
    response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc');
  });
  expect(await refused()).toMatchObject({ code: 'ostree/fetch-failed' });
});

test('content that says it is larger than may be is not even begun with', async () => {
  answers.set(fileAt(), (response) => response.writeHead(200, { 'Content-Length': 2 ** 40 }).write('a'));
  expect(await refused()).toMatchObject({
    code: 'ostree/object-too-large',
    message: expect.stringMatching(
      new RegExp(`^${file}.file in ${server.url} is too large: .* 17179869184 `),
    ),
  });
});

test('an endless answer that is not wanted is not read to its end', async () => {
  answers.set('summary', (response) => {
    response.statusCode = 404;
    endless(Buffer.alloc(64 * 1024))(response);
  });
  const target = openRepo(targetPath);
  const result = await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main']);
  target.close();
  expect(result.commits).toEqual([commit]);
  fsckClean(targetPath);
});

test('a server that speaks no TLS, and a host without a way to it, are each told in words', async () => {
  const target = openRepo(targetPath);
  const failure = (url: string) =>
    pullOverHttp(parseRemoteUrl(url), target, ['os/main'], { networkRetries: 0 }).catch(
      (error: unknown) => error,
    );
  const secure = server.url.replace('http:', 'https:');
  expect(await failure(secure)).toMatchObject({
    code: 'ostree/fetch-failed',
    message: expect.stringMatching(
      new RegExp(
        `^${secure}config cannot be fetched: no secure connection could be made \\(E[A-Z_]+\\): check its certificate$`,
      ),
    ),
  });
  // Nobody can be connected with at the address of all.
  expect(await failure('http://255.255.255.255/')).toMatchObject({
    code: 'ostree/fetch-failed',
    message: expect.stringMatching(
      /^http:\/\/255\.255\.255\.255\/config cannot be fetched: .*\(ENETUNREACH\); tried once$/,
    ),
  });
  target.close();
});

test('content without an end is refused with its first bytes, or at its size limit', async () => {
  answers.set(fileAt(), endless(Buffer.alloc(64 * 1024, 'x')));
  expect(await refused()).toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(`${file}.file in ${server.url} is damaged: `),
  });
  // A good header, and deflate blocks for ever: of nothing, and of more than was stated.
  const head = serializeFilezHeader({ ...PLAIN_FILE, sizeBytes: 1_000_000n });
  const blocksOf = (bytes: number) => {
    const length = Buffer.alloc(4);
    length.writeUInt16LE(bytes, 0);
    length.writeUInt16LE(bytes ^ 0xffff, 2);
    return Buffer.concat([Buffer.from([0]), length, Buffer.alloc(bytes)]);
  };
  answers.set(fileAt(), endless(Buffer.concat(Array(1000).fill(blocksOf(0))), Buffer.from(head)));
  expect(await refused({ maxObjectSizeBytes: 1_000_000 })).toMatchObject({
    code: 'ostree/object-too-large',
    message: expect.stringContaining(`${file}.file in ${server.url} is too large: `),
  });
  answers.set(fileAt(), endless(blocksOf(10_000), Buffer.from(head)));
  expect(await refused()).toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining('it holds more content than it states'),
  });
});

test('a bomb is refused by what it states, or when it holds more than that', async () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
  const stating = (sizeBytes: bigint) =>
    Buffer.concat([serializeFilezHeader({ ...PLAIN_FILE, sizeBytes }), bomb]);
  answers.set(fileAt(), whole(stating(2n ** 63n)));
  expect(await refused()).toMatchObject({ code: 'ostree/object-too-large' });
  answers.set(fileAt(), whole(stating(100n)));
  expect(await refused()).toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining('it holds more content than it states'),
  });
  answers.set(fileAt(), whole(stating(64n * 1024n * 1024n)));
  expect(await refused()).toMatchObject({ message: expect.stringContaining('does not have its checksum') });
});

test('a server that stalls, or trickles, is given up', async () => {
  const slow = { lowSpeedSeconds: 0.3, lowSpeedBytes: 1000, networkRetries: 1 };
  answers.set(fileAt(), () => undefined);
  expect(await refused(slow)).toMatchObject({
    code: 'ostree/fetch-failed',
    message: `${server.url}${fileAt()} cannot be fetched: it stalled; tried 2 times`,
  });
  answers.set(fileAt(), (response) => {
    response.writeHead(200, { 'Content-Length': 1000 });
    const timer = setInterval(() => response.write('a'), 10);
    response.on('close', () => clearInterval(timer));
  });
  expect(await refused(slow)).toMatchObject({ message: expect.stringContaining('it stalled') });
  // Interim answers for ever are no answer.
  answers.set(fileAt(), (response) => {
    const timer = setInterval(() => response.writeProcessing(), 10);
    response.on('close', () => clearInterval(timer));
  });
  expect(await refused(slow)).toMatchObject({ message: expect.stringContaining('it stalled') });
});

test('redirects lead nowhere else, and round in no circle', async () => {
  const to = (location: string) => (response: ServerResponse) =>
    response.writeHead(302, { Location: location }).end();
  answers.set(fileAt(), to('http://127.0.0.2:1/elsewhere'));
  expect(await refused()).toMatchObject({
    code: 'ostree/fetch-failed',
    message: expect.stringContaining('redirects it to another place, "http://127.0.0.2:1"'),
  });
  for (const location of [server.url.replace('http:', 'https:'), 'file:///etc/passwd', '//[::1]/x']) {
    answers.set(fileAt(), to(location));
    expect(await refused()).toMatchObject({ message: expect.stringContaining('to another place') });
  }
  answers.set(fileAt(), to(`/${fileAt()}`));
  expect(await refused()).toMatchObject({ message: expect.stringContaining('redirected more than 5 times') });
  answers.set(fileAt(), to('/moved'));
  answers.set('moved', whole(source.read(fileAt())));
  const target = openRepo(targetPath);
  await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main']);
  target.close();
  fsckClean(targetPath);
});

test('an error page with status 200, another object, and nothing at all are each named', async () => {
  answers.set(fileAt(), whole('<html>Sign in</html>', { 'Content-Type': 'text/html; charset=utf-8' }));
  expect(await refused()).toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringMatching(
      new RegExp(`^${file}.file in ${server.url} is damaged: .*; the server sent an HTML page$`),
    ),
  });
  const other = source.filez(Buffer.from('another file'));
  answers.set(fileAt(), whole(source.read(objectPath(other, 'file', 'archive'))));
  expect(await refused()).toMatchObject({
    message: `${file}.file in ${server.url} is damaged: its content does not have its checksum`,
  });
  answers.set(fileAt(), (response) => response.writeHead(404).end());
  expect(await refused()).toMatchObject({
    code: 'ostree/object-missing',
    message: `${file}.file is missing from ${server.url}`,
  });
  answers.set(objectPath(dirtree, 'dirtree', 'archive'), (response) => response.writeHead(404).end());
  expect(await refused()).toMatchObject({
    code: 'ostree/object-missing',
    message: `${dirtree}.dirtree is missing from ${server.url}`,
  });
  answers.set(objectPath(dirtree, 'dirtree', 'archive'), whole('x', { 'Content-Encoding': 'gzip' }));
  expect(await refused()).toMatchObject({
    code: 'ostree/fetch-failed',
    message: expect.stringContaining('encodes it ("gzip") though that was not asked for'),
  });
  answers.set(objectPath(dirtree, 'dirtree', 'archive'), (response) => response.writeHead(402).end());
  expect(await refused()).toMatchObject({ message: expect.stringContaining('the server answers 402') });
});

test('a summary and signatures that are none are each named', async () => {
  answers.set('summary', whole('not a summary'));
  expect(await refused()).toMatchObject({
    code: 'ostree/summary-invalid',
    message: expect.stringContaining(`the summary of ${server.url} is damaged: `),
  });
  answers.delete('summary');
  answers.set(objectPath(commit, 'commitmeta', 'archive'), whole('not a dict'));
  expect(await refused()).toMatchObject({
    code: 'ostree/signature-invalid',
    message: expect.stringContaining(`${commit}.commitmeta in ${server.url} is damaged: `),
  });
});

test('whatever follows an object, or is missing from it, is refused', async () => {
  const good = source.read(fileAt());
  for (const [bytes, why] of [
    [Buffer.concat([good, Buffer.from('x')]), 'something follows its compressed content'],
    [good.subarray(0, -1), 'its compressed content ends early'],
    [good.subarray(0, 20), 'the file is too short'],
    [Buffer.alloc(0), 'the file is too short'],
  ] as const) {
    answers.set(fileAt(), whole(bytes));
    expect(await refused()).toMatchObject({ message: expect.stringContaining(why) });
  }
});

test('a tree of 2^30 paths costs its 30 objects', async () => {
  let below = dirtree;
  const dirmeta = source.put('dirmeta', PLAIN_DIRMETA);
  for (let level = 0; level < 30; level++) {
    const dirs = ['a', 'b'].map((name) => ({ name, dirtree: below, dirmeta }));
    below = source.dirtree({ files: [], dirs });
  }
  source.commit(below);
  const target = openRepo(targetPath);
  const result = await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main']);
  target.close();
  // 31 dirtrees, the file, the dirmeta, the commit.
  expect(result.objectsCopied).toBe(34);
  expect(server.requests.filter((path) => path.startsWith('objects/'))).toHaveLength(35);
  fsckClean(targetPath);
});
