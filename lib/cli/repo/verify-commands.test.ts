import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { ostree } from '../testing/run-treeline';
import { treelineInProcess as treeline } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let made: OstreeRepo;
let folder: string;
const homes: string[] = [];

beforeAll(async () => {
  made = await makeOstreeRepo();
});
afterAll(() => {
  for (const home of homes) {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent'], { stdio: 'ignore' });
    rmSync(home, { recursive: true, force: true });
  }
  rmSync(made.folder, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(made.folder, 'case-'));
});

function gpg(home: string, ...args: string[]): string {
  return execFileSync('gpg', ['--homedir', home, '--batch', '--yes', '--passphrase', '', ...args], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** A GnuPG home with one key. */
function makeKey(name: string, expires = 'never'): { home: string; fingerprint: string; exported: string } {
  const home = mkdtempSync('/tmp/verify-gpg-');
  homes.push(home);
  gpg(home, '--quick-generate-key', `${name} <${name}@example.org>`, 'ed25519', 'sign', expires);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(gpg(home, '--with-colons', '--list-keys'))?.[1] ?? '';
  const exported = join(folder, `${name}.gpg`);
  return { home, fingerprint, exported: exportTo(home, exported) };
}

function exportTo(home: string, path: string): string {
  writeFileSync(path, execFileSync('gpg', ['--homedir', home, '--batch', '--export']));
  return path;
}

interface Verdict {
  code: number | null;
  stderr: string;
  ok: boolean;
  states: string[];
}

/** What `verify` says of a commit or, without one, of the summary. */
async function verify(...args: string[]): Promise<Verdict> {
  const { code, stdout, stderr } = await treeline([
    'repo',
    'verify',
    `--repo=${made.repo}`,
    '--json',
    ...args,
  ]);
  const { ok = false, signatures = [] } = stdout === '' ? {} : JSON.parse(stdout);
  return {
    code,
    stderr,
    ok,
    states: signatures.map(({ type, state }: Record<string, string>) => `${type} ${state}`),
  };
}

test('a commit that ostree signed is valid by the keyring of a remote and by a folder of keyrings', async () => {
  const { home, fingerprint, exported } = makeKey('signer');
  const at = `--repo=${made.repo}`;
  await ostree('gpg-sign', at, made.commits[0], fingerprint, `--gpg-homedir=${home}`);
  await ostree('remote', 'add', at, 'origin', 'http://localhost:1/', `--gpg-import=${exported}`);
  expect(await verify(made.commits[0], '--remote=origin')).toMatchObject({
    code: 0,
    ok: true,
    states: ['gpg valid'],
  });
  expect(await ostree('show', at, '--gpg-verify-remote=origin', made.commits[0])).toContain('Good signature');
  const keyrings = join(folder, 'trusted.gpg.d');
  mkdirSync(keyrings);
  copyFileSync(exported, join(keyrings, 'signer.gpg'));
  const other = makeKey('other');
  copyFileSync(other.exported, join(keyrings, 'other.gpg'));
  expect(await verify(made.commits[0], `--gpg-keyring-dir=${keyrings}`)).toMatchObject({
    code: 0,
    states: ['gpg valid'],
  });
  expect(await verify(made.commits[0], `--gpg-keyring=${other.exported}`)).toMatchObject({
    code: 1,
    states: ['gpg unknown-key'],
  });
  expect(await verify(made.commits[0], '--remote=nobody')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^treeline: [^\n]*nobody[^\n]*\n$/),
  });
});

test('revoked and expired keys and expired signatures are told apart', async () => {
  const at = `--repo=${made.repo}`;
  const [good, revoked, expiring] = [makeKey('good'), makeKey('revoked'), makeKey('expiring', '1y')];
  for (const { home, fingerprint } of [good, revoked, expiring])
    await ostree('gpg-sign', at, made.commits[1], fingerprint, `--gpg-homedir=${home}`);
  // The certificate that gpg keeps for the day of need; its first line is made unusable by a colon.
  const certificate = join(revoked.home, 'openpgp-revocs.d', `${revoked.fingerprint}.rev`);
  writeFileSync(join(folder, 'revocation'), readFileSync(certificate, 'latin1').replace(':-----', '-----'));
  gpg(revoked.home, '--import', join(folder, 'revocation'));
  exportTo(revoked.home, revoked.exported);
  // From the next second on.
  gpg(expiring.home, '--quick-set-expire', expiring.fingerprint, 'seconds=1');
  await sleep(2500);
  exportTo(expiring.home, expiring.exported);
  const keyrings = [good, revoked, expiring].map(({ exported }) => `--gpg-keyring=${exported}`);
  const verdict = await verify(made.commits[1], ...keyrings);
  expect(verdict.ok).toBe(true);
  expect([...verdict.states].sort()).toEqual(['gpg expired', 'gpg revoked', 'gpg valid']);
  expect(await verify(made.commits[1], `--gpg-keyring=${revoked.exported}`)).toMatchObject({
    code: 1,
    ok: false,
  });
  expect(await verify(made.commits[1])).toMatchObject({
    code: 1,
    states: ['gpg unchecked', 'gpg unchecked', 'gpg unchecked'],
  });
});

test('ed25519 keys of a folder such as /etc/ostree are believed until they are revoked there', async () => {
  const keys = [0, 1].map((at) => {
    const words = `const n=require('tweetnacl').sign.keyPair();for(const k of [n.secretKey,n.publicKey])console.log(Buffer.from(k).toString('base64'))`;
    const [secret = '', publicKey = ''] = execFileSync(process.execPath, ['-e', words], {
      encoding: 'utf8',
    }).split('\n');
    writeFileSync(join(folder, `secret-${at}`), `${secret}\n`);
    writeFileSync(join(folder, `public-${at}`), `${publicKey}\n`);
    return join(folder, `secret-${at}`);
  });
  const signed = await treeline([
    'repo',
    'summary',
    `--repo=${made.repo}`,
    '--update',
    ...keys.map((path) => `--ed25519-secret-key-file=${path}`),
  ]);
  expect(signed.code).toBe(0);
  const etc = join(folder, 'etc');
  mkdirSync(join(etc, 'trusted.ed25519.d'), { recursive: true });
  copyFileSync(join(folder, 'public-0'), join(etc, 'trusted.ed25519'));
  copyFileSync(join(folder, 'public-1'), join(etc, 'trusted.ed25519.d/second'));
  expect(await verify(`--ed25519-keys-dir=${etc}`)).toMatchObject({
    code: 0,
    states: ['ed25519 valid', 'ed25519 valid'],
  });
  copyFileSync(join(folder, 'public-0'), join(etc, 'revoked.ed25519'));
  expect((await verify(`--ed25519-keys-dir=${etc}`)).states.sort()).toEqual([
    'ed25519 revoked',
    'ed25519 valid',
  ]);
  const revokedFlag = `--ed25519-revoked-key-file=${join(folder, 'public-1')}`;
  expect(await verify(`--ed25519-keys-dir=${etc}`, revokedFlag)).toMatchObject({
    code: 1,
    ok: false,
    states: ['ed25519 revoked', 'ed25519 revoked'],
  });
  expect(await verify(`--ed25519-keys-dir=${folder}`)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^treeline: [^\n]*trusted\.ed25519[^\n]*\n$/),
  });
});
