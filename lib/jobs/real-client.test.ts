import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseSignatureSet, serializeSignatureSet } from '../ostree/format/signatures';
import type { RunningRepoServer } from '../publish/repo-server';
import { client, initClient, servePipeline } from './testing/client';
import { expectPublishedOnce } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();
let server: RunningRepoServer | null = null;

afterEach(async () => {
  await server?.close();
  server = null;
});

async function serve(): Promise<string> {
  server = await servePipeline(suite.pipeline);
  return `http://127.0.0.1:${server.port}`;
}

describe('an ordinary client', slow, () => {
  test('that checks GPG signatures of commit and summary pulls what was promoted', async () => {
    await suite.begin({ hasGpg: true, overlapSeconds: 1 });
    const { pipeline } = suite;
    const repoUrl = await serve();
    const first = await pipeline.approve([a, b]);
    await runToEnd(pipeline, first, { repoUrl });
    await expectPublishedOnce(pipeline, first);

    const repo = await initClient(
      pipeline,
      repoUrl,
      '--set=gpg-verify=true',
      '--set=gpg-verify-summary=true',
    );
    for (const { targetRef, resultingChecksum } of first.plan.refs) {
      await client('pull', `--repo=${repo}`, `production:${targetRef}`);
      expect(ostree('rev-parse', `--repo=${repo}`, `production:${targetRef}`).trim()).toBe(resultingChecksum);
    }

    pipeline.commit(a, { 'etc/version': '3' });
    const second = await pipeline.approve([a]);
    await runToEnd(pipeline, second, { repoUrl });
    await expectPublishedOnce(pipeline, second);
    await client('pull', `--repo=${repo}`, `production:${a}`);
    expect(ostree('rev-parse', `--repo=${repo}`, `production:${a}`).trim()).toBe(
      second.plan.refs[0]?.resultingChecksum,
    );
    expect(await client('fsck', `--repo=${repo}`)).not.toMatch(/corrupt|missing/);
    expect(await client('fsck', `--repo=${pipeline.target.path}`)).not.toMatch(/corrupt|missing/);
    expect(await client('remote', 'summary', `--repo=${repo}`, 'production')).toContain(a);
  });

  test('with a collection ID as well', async () => {
    await suite.begin({ hasGpg: true, collectionId: 'org.example.Os' });
    const { pipeline } = suite;
    const repoUrl = await serve();
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested, { repoUrl });
    await expectPublishedOnce(pipeline, requested);
    const repo = await initClient(pipeline, repoUrl, '--collection-id=org.example.Os');
    await client('pull', `--repo=${repo}`, `production:${a}`);
    expect(ostree('rev-parse', `--repo=${repo}`, `production:${a}`).trim()).toBe(
      requested.plan.refs[0]?.resultingChecksum,
    );
  });

  test('is not taken in by a signature that was changed', async () => {
    await suite.begin({ hasGpg: true });
    const { pipeline } = suite;
    const repoUrl = await serve();
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested, { repoUrl });
    const head = requested.plan.refs[0]?.resultingChecksum as string;
    const detached = objectOf(pipeline.target.path, head, 'commitmeta');
    const set = parseSignatureSet(readFileSync(detached));
    const [blob] = set.gpg as [Uint8Array];
    const forged = Uint8Array.from(blob, (byte, at) => (at === blob.length - 5 ? byte ^ 1 : byte));
    writeFileSync(detached, serializeSignatureSet({ ...set, gpg: [forged] }));
    const repo = await initClient(pipeline, repoUrl);
    await expect(client('pull', `--repo=${repo}`, `production:${a}`)).rejects.toThrow(/signature/i);
  });
});

test('ed25519 signatures are what openssl takes for them', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  const requested = await pipeline.approve([a]);
  await runToEnd(pipeline, requested);
  const head = requested.plan.refs[0]?.resultingChecksum as string;
  const spki = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(pipeline.target.publicKeys.ed25519 as string, 'base64'),
  ]);
  const key = join(pipeline.root, 'key.der');
  writeFileSync(key, spki);
  const pairs = [
    [join(pipeline.target.path, 'summary'), join(pipeline.target.path, 'summary.sig')],
    [objectOf(pipeline.target.path, head, 'commit'), objectOf(pipeline.target.path, head, 'commitmeta')],
  ] as const;
  for (const [message, detached] of pairs) {
    const signature = join(pipeline.root, 'signature');
    writeFileSync(signature, parseSignatureSet(readFileSync(detached)).ed25519[0] as Uint8Array);
    const args = [
      'pkeyutl',
      '-verify',
      '-rawin',
      '-pubin',
      '-keyform',
      'DER',
      '-inkey',
      key,
      '-sigfile',
      signature,
    ];
    expect(execFileSync('openssl', [...args, '-in', message], { encoding: 'utf8' })).toContain(
      'Verified Successfully',
    );
  }
});

test('no secret is in the worker’s reach or in anything it leaves', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  const requested = await pipeline.approve([a]);
  await runToEnd(pipeline, requested);
  const folder = join(pipeline.home.signerDir, 'keys', pipeline.target.id);
  const secret = readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8').trim();
  const seed = Buffer.from(secret, 'base64').subarray(0, 32);
  const rows = JSON.stringify([
    await pipeline.db.run.findMany({ include: { steps: true } }),
    await pipeline.db.auditEvent.findMany(),
    await pipeline.db.stageKey.findMany(),
  ]);
  const commandLines = execFileSync(
    'sh',
    ['-c', 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true'],
    {
      encoding: 'latin1',
      maxBuffer: 1 << 28,
    },
  );
  const log = readFileSync(join(pipeline.home.signerDir, 'signer.log'), 'utf8');
  for (const place of [rows, commandLines, log]) {
    for (const form of [secret, seed.toString('base64').slice(0, 42), seed.toString('hex')]) {
      expect(place.includes(form)).toBe(false);
    }
  }
});
