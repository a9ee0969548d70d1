import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serializeSignatureSet } from '../ostree/format/signatures';
import { generateEd25519KeyPair, signEd25519, verifyEd25519 } from '../ostree/sign/ed25519';
import { type RunningRepoServer, runRepoServer } from './repo-server';

const key = generateEd25519KeyPair();
const publicKey = Buffer.from(key.publicKey).toString('base64');
const commit = 'c'.repeat(64);
const filez = 'f'.repeat(64);

let root: string;
let repo: string;
let server: RunningRepoServer;
let problems: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'treeline-repo-server-'));
  repo = join(root, 'production');
  for (const folder of [
    'objects/cc',
    'objects/ff',
    'refs/heads/os',
    'refs/heads/real',
    'state',
    'tmp',
    '.treeline-journal',
  ]) {
    mkdirSync(join(repo, folder), { recursive: true });
  }
  put('config', '[core]\nrepo_version=1\nmode=archive-z2\n');
  put(`objects/cc/${'c'.repeat(62)}.commit`, 'a commit');
  put(`objects/cc/${'c'.repeat(62)}.commitmeta`, 'signatures');
  put(`objects/ff/${'f'.repeat(62)}.filez`, randomBytes(300_000));
  put('refs/heads/os/stable', `${commit}\n`);
  put('.lock', 'secret');
  put('.treeline.lock', 'secret');
  put('.treeline-journal/summary', 'secret');
  put('refs/heads/.hidden', 'secret');
  writeFileSync(join(root, 'outside'), 'secret');
  writeFileSync(
    join(root, 'repo-server.json'),
    JSON.stringify([{ stage: 'production', repoPath: repo, ed25519PublicKeys: [publicKey] }]),
  );
  problems = [];
  server = await runRepoServer({
    configPath: join(root, 'repo-server.json'),
    host: '127.0.0.1',
    port: 0,
    onProblem: (error) => problems.push(error.message),
  });
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, content: string | Uint8Array): void {
  writeFileSync(join(repo, path), content);
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  agent?: Agent | false;
}

/** Sends the path as it is, without the normalising that `fetch` would do. */
function ask(path: string, { method = 'GET', headers = {}, agent = false }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, headers, agent };
    const sent = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** For targets that Node's client refuses to send. */
function askRaw(target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

const keepAlive = () => new Agent({ keepAlive: true, maxSockets: 1 });

let writes = 0;

/** Publishes as the worker does: by rename, and never twice with the same time. */
function replace(name: string, bytes: Uint8Array): void {
  writeFileSync(join(repo, 'tmp', name), bytes);
  writes += 1;
  utimesSync(join(repo, 'tmp', name), 1_700_000_000 + writes, 1_700_000_000 + writes);
  renameSync(join(repo, 'tmp', name), join(repo, name));
}

function signature(...summaries: Uint8Array[]): Uint8Array {
  const ed25519 = summaries.map((summary) => signEd25519(key.secretKey, summary));
  return serializeSignatureSet({ ed25519, gpg: [], other: new Map() });
}

describe('files', () => {
  test('an object is immutable, with a strong tag, and cached for long', async () => {
    const answer = await ask(`/production/objects/cc/${'c'.repeat(62)}.commit`);
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe('a commit');
    expect(answer.headers.etag).toBe(`"${commit}"`);
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-length']).toBe('8');
  });

  test('an archive of the same content compressed otherwise has another tag', async () => {
    const path = `/production/objects/ff/${'f'.repeat(62)}.filez`;
    const before = await ask(path);
    expect(createHash('sha256').update(before.body).digest('hex')).not.toBe(filez);
    replace(`objects/ff/${'f'.repeat(62)}.filez`.split('/').pop() as string, randomBytes(10));
    renameSync(join(repo, `${'f'.repeat(62)}.filez`), join(repo, `objects/ff/${'f'.repeat(62)}.filez`));
    expect((await ask(path)).headers.etag).not.toBe(before.headers.etag);
  });

  test.each(['config', 'refs/heads/os/stable', `objects/cc/${'c'.repeat(62)}.commitmeta`])(
    '%s is asked for anew each time, and its tag is the hash of its bytes',
    async (path) => {
      const answer = await ask(`/production/${path}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-cache');
      expect(answer.headers.etag).toBe(`"${createHash('sha256').update(answer.body).digest('hex')}"`);
      const again = await ask(`/production/${path}`, {
        headers: { 'If-None-Match': `"x", W/${answer.headers.etag}` },
      });
      expect(again.status).toBe(304);
      expect(again.body).toHaveLength(0);
      expect(again.headers.etag).toBe(answer.headers.etag);
    },
  );

  test('If-Modified-Since counts where there is no tag', async () => {
    const answer = await ask('/production/config');
    const since = answer.headers['last-modified'] as string;
    expect((await ask('/production/config', { headers: { 'If-Modified-Since': since } })).status).toBe(304);
    const headers = { 'If-Modified-Since': since, 'If-None-Match': '"other"' };
    expect((await ask('/production/config', { headers })).status).toBe(200);
  });

  test('HEAD says what GET would, without a body', async () => {
    const path = `/production/objects/ff/${'f'.repeat(62)}.filez`;
    const [get, head] = [
      await ask(path),
      await ask(path, { method: 'HEAD', headers: { Range: 'bytes=0-1' } }),
    ];
    expect(head.status).toBe(200);
    expect(head.body).toHaveLength(0);
    for (const name of ['etag', 'content-length', 'cache-control', 'accept-ranges']) {
      expect(head.headers[name]).toBe(get.headers[name]);
    }
  });

  test('ranges', async () => {
    const path = `/production/objects/ff/${'f'.repeat(62)}.filez`;
    const whole = await ask(path);
    const part = await ask(path, { headers: { Range: 'bytes=100000-299998' } });
    expect(part.status).toBe(206);
    expect(part.headers['content-range']).toBe('bytes 100000-299998/300000');
    expect(part.body.equals(whole.body.subarray(100_000, 299_999))).toBe(true);
    const behind = await ask(path, { headers: { Range: 'bytes=300000-' } });
    expect(behind.status).toBe(416);
    expect(behind.headers['content-range']).toBe('bytes */300000');
    const tag = whole.headers.etag as string;
    expect((await ask(path, { headers: { Range: 'bytes=-1', 'If-Range': tag } })).status).toBe(206);
    expect((await ask(path, { headers: { Range: 'bytes=-1', 'If-Range': '"other"' } })).status).toBe(200);
  });

  test('a client that leaves in the middle costs nothing', async () => {
    put(`objects/ff/${'e'.repeat(62)}.filez`, randomBytes(8_000_000));
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(`GET /production/objects/ff/${'e'.repeat(62)}.filez HTTP/1.1\r\nHost: x\r\n\r\n`),
      );
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
    });
    expect((await ask('/production/config')).status).toBe(200);
    expect(problems).toEqual([]);
  });
});

describe('refusals', () => {
  test.each([
    '/',
    '/production',
    '/production/',
    '/production/objects/',
    '/production/refs/heads/',
    '/staging/config',
    '/production/.lock',
    '/production/.treeline.lock',
    '/production/.treeline-journal/summary',
    '/production/refs/heads/.hidden',
    '/production/../outside',
    '/production/%2e%2e/outside',
    '/production/refs/heads/%2e%2e/%2e%2e/config',
    '/production/refs/heads/..%2f..%2fconfig',
    '/production%2fconfig',
    '/production/refs/heads/os%2fstable',
    '/production/config%00',
    '/production/refs/heads/os',
    '/production/summary',
    '/production/summary.sig',
  ])('%s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(answer.body.toString()).toBe('no such file\n');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  test('a raw parent and a raw NUL in the request line', async () => {
    expect(await askRaw('/production/../outside')).toMatch(/^HTTP\/1.1 404 /);
    expect(await askRaw('/production/config\0')).toMatch(/^HTTP\/1.1 400 /);
    expect(await askRaw('http://x/production/config')).toMatch(/^HTTP\/1.1 404 /);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s', async (method) => {
    const answer = await ask('/production/config', { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  test('a symbolic link is not there, as an object, a ref, a folder or the summary', async () => {
    symlinkSync(join(root, 'outside'), join(repo, `objects/cc/${'d'.repeat(62)}.commit`));
    symlinkSync(join(root, 'outside'), join(repo, 'refs/heads/leak'));
    symlinkSync('real', join(repo, 'refs/heads/alias'));
    put('refs/heads/real/os', `${commit}\n`);
    symlinkSync(join(repo, 'objects/cc'), join(repo, 'objects/dd'));
    symlinkSync(join(root, 'outside'), join(repo, 'summary'));
    for (const path of [
      `objects/cc/${'d'.repeat(62)}.commit`,
      'refs/heads/leak',
      'refs/heads/alias/os',
      `objects/dd/${'c'.repeat(62)}.commit`,
    ]) {
      expect((await ask(`/production/${path}`)).status, path).toBe(404);
    }
    const summary = await ask('/production/summary');
    expect(summary.status).not.toBe(200);
    expect(summary.body.toString()).not.toContain('secret');
  });

  test('a fifo under an allowed name does not hang the server', async () => {
    spawnSync('mkfifo', [join(repo, 'refs/heads/fifo')]);
    expect((await ask('/production/refs/heads/fifo')).status).toBe(404);
    expect((await ask('/production/config')).status).toBe(200);
  });
});

describe('summary and signature', () => {
  const summaries = [0, 1, 2].map((at) => Buffer.from(`summary ${at}`));
  const [first, second, third] = summaries as [Buffer, Buffer, Buffer];

  test('are never cached, and both carry the hash of their bytes as tag', async () => {
    replace('summary', first);
    replace('summary.sig', signature(first));
    for (const name of ['summary', 'summary.sig']) {
      const answer = await ask(`/production/${name}`);
      expect(answer.status).toBe(200);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers.etag).toBe(`"${createHash('sha256').update(answer.body).digest('hex')}"`);
      const headers = { 'If-None-Match': answer.headers.etag as string };
      expect((await ask(`/production/${name}`, { headers })).status).toBe(304);
    }
  });

  test('a summary that its signature does not fit is not served while the publisher may be at work', async () => {
    replace('summary', first);
    replace('summary.sig', signature(first));
    await ask('/production/summary');
    replace('summary', second);
    expect((await ask('/production/summary', { headers: { 'User-Agent': 'other' } })).body.toString()).toBe(
      'summary 0',
    );
    replace('summary.sig', signature(second));
    expect((await ask('/production/summary', { headers: { 'User-Agent': 'third' } })).body.toString()).toBe(
      'summary 1',
    );
  });

  test('a pair that was found half published says so', async () => {
    replace('summary', first);
    replace('summary.sig', signature(second));
    utimesSync(join(repo, 'summary'), 1, 1);
    const answer = await ask('/production/summary');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  test('GPG signatures of the old summary beside the new one are the publisher between its two renames', async () => {
    const both = (gpg: string, ...signed: Uint8Array[]) =>
      serializeSignatureSet({
        ed25519: signed.map((summary) => signEd25519(key.secretKey, summary)),
        gpg: [Buffer.from(gpg)],
        other: new Map(),
      });
    const plain = { headers: { 'User-Agent': 'plain' } };
    replace('summary', first);
    replace('summary.sig', both('gpg of 0', first));
    await ask('/production/summary', plain);
    replace('summary.sig', both('gpg of 0', first, second));
    replace('summary', second);
    expect((await ask('/production/summary', plain)).body.toString()).toBe('summary 0');
    replace('summary.sig', both('gpg of 1', second));
    expect((await ask('/production/summary', plain)).body.toString()).toBe('summary 1');
  });

  test('a client that has the signature gets its summary, on the same connection or another', async () => {
    replace('summary', first);
    replace('summary.sig', signature(first));
    const agent = keepAlive();
    await ask('/production/summary.sig', { agent });
    await ask('/production/summary.sig', { headers: { 'User-Agent': 'apart' } });
    replace('summary.sig', signature(first, second));
    replace('summary', second);
    replace('summary.sig', signature(second));
    expect((await ask('/production/summary', { agent })).body.toString()).toBe('summary 0');
    const apart = await ask('/production/summary', { headers: { 'User-Agent': 'apart' } });
    expect(apart.body.toString()).toBe('summary 0');
    const fresh = await ask('/production/summary', { headers: { 'User-Agent': 'fresh' } });
    expect(fresh.body.toString()).toBe('summary 1');
    await ask('/production/summary.sig', { agent });
    expect((await ask('/production/summary', { agent })).body.toString()).toBe('summary 1');
    agent.destroy();
  });

  test('behind a proxy on this machine clients are told apart by the address it forwards', async () => {
    replace('summary', first);
    replace('summary.sig', signature(first));
    const agent = keepAlive();
    const from = (address: string) => ({ agent, headers: { 'X-Forwarded-For': address } });
    await ask('/production/summary.sig', from('192.0.2.1'));
    replace('summary.sig', signature(first, second));
    replace('summary', second);
    replace('summary.sig', signature(second));
    await ask('/production/summary.sig', from('192.0.2.2'));
    expect((await ask('/production/summary', from('192.0.2.1'))).body.toString()).toBe('summary 0');
    expect((await ask('/production/summary', from('192.0.2.2'))).body.toString()).toBe('summary 1');
    agent.destroy();
  });

  test('during 200 publications every client gets a pair that verifies', async () => {
    let published = Buffer.from('summary');
    replace('summary', published);
    replace('summary.sig', signature(published));
    let isDone = false;
    let pairs = 0;
    const client = async (name: string, order: string[], isOneConnection: boolean) => {
      const agent = isOneConnection ? keepAlive() : false;
      while (!isDone) {
        const got = new Map<string, Buffer>();
        for (const file of order) {
          const answer = await ask(`/production/${file}`, { agent, headers: { 'User-Agent': name } });
          expect(answer.status).toBe(200);
          got.set(file, answer.body);
        }
        expect(isPair(got.get('summary'), got.get('summary.sig')), name).toBe(true);
        pairs += 1;
      }
      if (agent) agent.destroy();
    };
    const order = ['summary.sig', 'summary'];
    const clients = [
      client('a', order, true),
      client('b', order, false),
      client('c', order, true),
      client('d', [...order].reverse(), true),
    ];
    for (let round = 0; round < 200; round += 1) {
      const next = Buffer.from(`summary of round ${round}`);
      replace('summary.sig', signature(published, next));
      if (round % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      replace('summary', next);
      if (round % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      replace('summary.sig', signature(next));
      published = next;
      await new Promise((resolve) => setImmediate(resolve));
    }
    isDone = true;
    await Promise.all(clients);
    expect(pairs).toBeGreaterThan(50);
  });

  test('a summary that is removed is gone', async () => {
    replace('summary', third);
    replace('summary.sig', signature(third));
    expect((await ask('/production/summary')).status).toBe(200);
    rmSync(join(repo, 'summary'));
    expect((await ask('/production/summary')).status).toBe(404);
  });
});

function isPair(summary: Buffer | undefined, signatureFile: Buffer | undefined): boolean {
  if (!summary || !signatureFile) return false;
  // The blobs are the last 64-byte runs of the file: any of them may be the one.
  for (let at = 0; at + 64 <= signatureFile.length; at += 1) {
    if (verifyEd25519(key.publicKey, summary, signatureFile.subarray(at, at + 64))) return true;
  }
  return false;
}

describe('configuration', () => {
  test('is read again when it changes, and a broken one changes nothing', async () => {
    const path = join(root, 'repo-server.json');
    writeFileSync(path, '{');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await ask('/production/config')).status).toBe(200);
    expect(problems).toHaveLength(1);
    writeFileSync(path, JSON.stringify([{ stage: 'staging', repoPath: repo, ed25519PublicKeys: [] }]));
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await ask('/production/config')).status).toBe(404);
    expect((await ask('/staging/config')).status).toBe(200);
  });
});
