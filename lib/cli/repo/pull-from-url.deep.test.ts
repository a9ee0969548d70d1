import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { findFreePort } from '../../testing/free-port';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { buildTreeline, ostree, treelineAt } from '../testing/run-treeline';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let made: OstreeRepo;
let served: string;
let server: ChildProcess;
let url: string;
let folder: string;
let target: string;
let script: string;
let treeline: ReturnType<typeof treelineAt>;

beforeAll(async () => {
  script = await buildTreeline();
  treeline = treelineAt(script);
  made = await makeOstreeRepo();
  served = join(made.folder, 'served');
  cpSync(made.repo, served, { recursive: true });
  const config = join(made.folder, 'repo-server.json');
  writeFileSync(config, JSON.stringify([{ stage: 'dev', repoPath: served, ed25519PublicKeys: [] }]));
  const port = await findFreePort();
  server = spawn(process.execPath, [script, 'repo-server', `--config=${config}`, `--port=${port}`]);
  url = `http://127.0.0.1:${port}/dev/`;
  await untilServed(`${url}config`);
});
afterAll(async () => {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
  rmSync(made.folder, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(made.folder, 'case-'));
  target = join(folder, 'target');
  await ostree('init', `--repo=${target}`, '--mode=archive');
  rmSync(join(served, 'summary'), { force: true });
  rmSync(join(served, 'summary.sig'), { force: true });
});

async function untilServed(file: string): Promise<void> {
  for (;;) {
    const response = await fetch(file).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return;
    if (server.exitCode !== null) throw new Error('the repository server ended');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function pull(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return treeline(['repo', 'pull', `--repo=${target}`, ...args]);
}

/** A pull that must fail with `code` and one line on stderr, which is returned. */
async function refused(code: number, ...args: string[]): Promise<string> {
  const ran = await pull(...args);
  expect(ran.code, ran.stderr).toBe(code);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(/^treeline: [^\n]+\n$/);
  return ran.stderr.trim();
}

function objectsOf(path: string): string[] {
  return readdirSync(join(path, 'objects'), { recursive: true, encoding: 'utf8' }).sort();
}

test('it brings from Treeline’s own repository server what ostree brings', async () => {
  await ostree('summary', '-u', `--repo=${served}`);
  const [first, second] = made.commits;
  const ran = await pull('--json', '--depth=-1', url, 'os/main');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toEqual({
    deltasCarried: [],
    deltasLeft: [],
    refs: [{ ref: 'os/main', from: null, to: second }],
    objectsLinked: 0,
    objectsCopied: objectsOf(served).filter((name) => name.includes('.')).length,
    objectsPresent: 0,
    bytesCopied: expect.stringMatching(/^\d+$/),
    commits: [first, second],
  });
  const mirror = join(folder, 'mirror');
  await ostree('init', `--repo=${mirror}`, '--mode=archive');
  await ostree('remote', 'add', `--repo=${mirror}`, '--no-gpg-verify', 'origin', url);
  await ostree('pull', `--repo=${mirror}`, '--mirror', '--depth=-1', 'origin', 'os/main');
  expect(objectsOf(target)).toEqual(objectsOf(mirror));
  expect(await ostree('refs', `--repo=${target}`)).toBe(await ostree('refs', `--repo=${mirror}`));
  for (const repo of [target, mirror]) await ostree('fsck', '--quiet', `--repo=${repo}`);
  expect(await pull(url, 'os/main')).toMatchObject({
    code: 0,
    stdout: `os/main: is at ${second}\n0 objects linked, 0 copied (0 bytes), 0 present\n`,
  });
});

test('signatures of summary and commits are checked against the keys given', async () => {
  const keyOf = (name: string) => {
    const script = `const n=require('tweetnacl').sign.keyPair();for(const k of [n.secretKey,n.publicKey])console.log(Buffer.from(k).toString('base64'))`;
    const pair = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    const [secret = '', publicKey = ''] = pair.split('\n');
    writeFileSync(join(folder, `${name}.secret`), `${secret}\n`, { mode: 0o600 });
    writeFileSync(join(folder, `${name}.public`), `${publicKey}\n`);
    return { secret: join(folder, `${name}.secret`), public: join(folder, `${name}.public`) };
  };
  const [ours, theirs] = [keyOf('ours'), keyOf('theirs')];
  const withKey = (key: { public: string }) => `--ed25519-public-key-file=${key.public}`;
  const sign = (...args: string[]) => treeline(['repo', ...args, `--ed25519-secret-key-file=${ours.secret}`]);
  expect(await refused(1, withKey(ours), url, 'os/main')).toMatch(
    /commit [0-9a-f]{64} of http.* is not signed$/,
  );
  await sign('sign', `--repo=${served}`, 'os/main');
  await ostree('summary', '-u', `--repo=${served}`);
  expect(await refused(1, withKey(ours), url, 'os/main')).toMatch(/the summary of http\S+ is not signed$/);
  expect(await pull('--no-verify-summary', withKey(ours), url, 'os/main')).toMatchObject({ code: 0 });
  await sign('summary', `--repo=${served}`, '--update');
  expect(await refused(1, withKey(theirs), url, 'os/main')).toMatch(
    /the summary of .* has no valid signature/,
  );
  expect(await pull(withKey(ours), url, 'os/main')).toMatchObject({ code: 0, stderr: '' });
});

test('what does not go together, or is no address of a repository, is wrong usage', async () => {
  expect(await refused(2, '--no-verify-objects', url, 'os/main')).toContain('is always verified');
  expect(await refused(2, '--connections=4', made.repo, 'os/main')).toContain(
    '--connections goes with a URL',
  );
  expect(await refused(2, `file://${made.repo}`, 'os/main')).toContain(
    'give the path of the repository instead',
  );
  expect(await refused(2, 'ftp://example.org/repo', 'os/main')).toContain('only http and https are known');
  expect(await refused(2, 'http://user:secret@127.0.0.1/', 'os/main')).not.toContain('secret@');
  expect(await refused(1, '--network-retries=0', 'http://127.0.0.1:1/repo', 'os/main')).toBe(
    'treeline: http://127.0.0.1:1/repo/config cannot be fetched: the connection was refused (ECONNREFUSED); tried once',
  );
  expect(await refused(1, url.replace('/dev/', '/nowhere/'), 'os/main')).toContain(
    'it is not an OSTree repository',
  );
  expect(readFileSync(join(target, 'config'), 'utf8')).toContain('archive');
});
