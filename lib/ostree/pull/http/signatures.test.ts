import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { objectFile, ostree, PullFixture, visibleState } from '../../fixtures/pull-fixture';
import { StaticServer, type StaticServerOptions } from '../../fixtures/static-server';
import type { Checksum } from '../../format/checksum';
import { limits } from '../../format/limits';
import { NO_SIGNATURES, serializeSignatureSet } from '../../format/signatures';
import { generateEd25519KeyPair, signEd25519 } from '../../sign/ed25519';
import { type HttpPullOptions, pullOverHttp } from './pull-over-http';
import { parseRemoteUrl } from './remote-url';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const pair = generateEd25519KeyPair();
const keys = { ed25519: [pair.publicKey], gpgKeyrings: [] };
let fixture: PullFixture;
let server: StaticServer;
let onRequest: StaticServerOptions['onRequest'];
let head: Checksum;
beforeEach(async () => {
  fixture = new PullFixture();
  head = fixture.commit();
  onRequest = undefined;
  server = await StaticServer.start(fixture.sourcePath, {
    onRequest: (...asked) => onRequest?.(...asked) ?? null,
  });
});
afterEach(async () => {
  await server.stop();
  fixture.remove();
});

function pulled(options: HttpPullOptions = {}, revs = ['os/main']) {
  const more = { backoffMilliseconds: 1, keys, ...options };
  return pullOverHttp(parseRemoteUrl(server.url), fixture.openTarget(), revs, more);
}

function signatureOf(bytes: Uint8Array): Uint8Array {
  return serializeSignatureSet({ ...NO_SIGNATURES, ed25519: [signEd25519(pair.secretKey, bytes)] });
}

function signCommit(commit = head): void {
  const bytes = readFileSync(objectFile(fixture.sourcePath, commit, 'commit'));
  writeFileSync(objectFile(fixture.sourcePath, commit, 'commitmeta'), signatureOf(bytes));
}

function publish(): void {
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  const bytes = readFileSync(join(fixture.sourcePath, 'summary'));
  writeFileSync(join(fixture.sourcePath, 'summary.sig'), signatureOf(bytes));
}

test('a commit that no given key has signed is refused before its tree is asked for', async () => {
  publish();
  const before = visibleState(fixture.targetPath);
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/signature-invalid',
    message: `commit ${head} of ${server.url} is not signed`,
  });
  expect(server.takeRequests().filter((path) => /dirtree|dirmeta|filez/.test(path))).toEqual([]);
  expect(visibleState(fixture.targetPath)).toEqual(before);
  signCommit();
  await pulled();
  // Signature first, as libostree's clients have it.
  expect(server.takeRequests().slice(0, 3)).toEqual(['config', 'summary.sig', 'summary']);
});

test('of a history each commit must be signed', async () => {
  signCommit();
  fixture.write('etc/config', 'version=2\n');
  const second = fixture.commit();
  fixture.write('etc/config', 'version=3\n');
  const third = fixture.commit();
  signCommit(third);
  publish();
  await expect(pulled({ depth: -1 })).rejects.toMatchObject({
    message: `commit ${second} of ${server.url} is not signed`,
  });
  expect(await pulled({ depth: 0 })).toMatchObject({ commits: [third] });
});

test('a summary caught while it is replaced is fetched once more; one that stays wrong is refused', async () => {
  signCommit();
  publish();
  const old = { summary: join(fixture.folder, 'summary'), signature: join(fixture.folder, 'summary.sig') };
  copyFileSync(join(fixture.sourcePath, 'summary.sig'), old.signature);
  fixture.commit('os/other');
  publish();
  let stale = 1;
  onRequest = (path, _request, response) => {
    if (path !== 'summary.sig' || stale-- <= 0) return null;
    response.end(readFileSync(old.signature));
    return 'answered';
  };
  await pulled();
  expect(server.takeRequests().filter((path) => path.startsWith('summary'))).toHaveLength(4);
  stale = 2;
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/signature-invalid',
    message: expect.stringMatching(/^the summary of http\S+ has no valid signature by the keys given/),
  });
});

test('a signature of the summary that is none is told as such', async () => {
  publish();
  writeFileSync(join(fixture.sourcePath, 'summary.sig'), 'not a dict');
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/signature-invalid',
    message: expect.stringContaining(`the signature of the summary of ${server.url} is damaged: `),
  });
});

test('a summary without a signature names nothing, unless that is asked for; without one, refs do', async () => {
  signCommit();
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  await expect(pulled()).rejects.toMatchObject({ message: `the summary of ${server.url} is not signed` });
  expect((await pulled({ verifySummary: false })).refs).toHaveLength(1);
  rmSync(join(fixture.sourcePath, 'summary'));
  expect((await pulled()).refs).toEqual([{ ref: 'os/main', from: head, to: head }]);
});

test('more signatures than anybody makes are not looked at', async () => {
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  const bytes = readFileSync(join(fixture.sourcePath, 'summary'));
  const valid = signEd25519(pair.secretKey, bytes);
  const junk = Array.from({ length: limits.signaturesMax }, (_, n) => Buffer.alloc(64, n));
  const write = (ed25519: Uint8Array[]) =>
    writeFileSync(
      join(fixture.sourcePath, 'summary.sig'),
      serializeSignatureSet({ ...NO_SIGNATURES, ed25519 }),
    );
  signCommit();
  write([...junk, valid]);
  await expect(pulled()).rejects.toMatchObject({ code: 'ostree/signature-invalid' });
  write([...junk.slice(1), valid]);
  expect((await pulled()).commits).toEqual([head]);
});

test('GPG signatures that ostree made are checked against a keyring, each kind of key for itself', async () => {
  const home = mkdtempSync(join(tmpdir(), 'gpg-'));
  const gpg = (...args: string[]) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  try {
    gpg('--passphrase', '', '--quick-generate-key', 'releases@example.org', 'ed25519', 'sign', 'never');
    const keyring = gpg('--export');
    ostree('gpg-sign', `--repo=${fixture.sourcePath}`, `--gpg-homedir=${home}`, head, 'releases@example.org');
    const options = ['--gpg-sign=releases@example.org', `--gpg-homedir=${home}`];
    ostree('summary', '-u', `--repo=${fixture.sourcePath}`, ...options);
    const withGpg = { ed25519: [], gpgKeyrings: [keyring] };
    await expect(pulled({ keys: { ...withGpg, ed25519: keys.ed25519 } })).rejects.toMatchObject({
      message: expect.stringMatching(/has no valid signature by the keys given \(gpg valid\)$/),
    });
    expect((await pulled({ keys: withGpg })).commits).toEqual([head]);
  } finally {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
    rmSync(home, { recursive: true, force: true });
  }
});
