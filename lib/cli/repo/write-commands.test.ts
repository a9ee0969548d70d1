import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { buildTreeline, ostree, treelineAt } from '../testing/run-treeline';
import { treelineInProcess as treeline } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let made: OstreeRepo;
let folder: string;
let target: string;

beforeAll(async () => {
  made = await makeOstreeRepo();
});
afterAll(() => {
  rmSync(made.folder, { recursive: true, force: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(made.folder, 'case-'));
  target = join(folder, 'target');
  await repo('init', `--repo=${target}`);
});

const checksum = z.string().regex(/^[0-9a-f]{64}$/);
const pulled = z.object({
  refs: z.array(z.object({ ref: z.string(), from: checksum.nullable(), to: checksum })),
  objectsLinked: z.number().int(),
  objectsCopied: z.number().int(),
  objectsPresent: z.number().int(),
  bytesCopied: z.string().regex(/^\d+$/),
});
const signature = z.object({
  type: z.enum(['ed25519', 'gpg']),
  key: z.string().nullable(),
  state: z.enum(['valid', 'invalid', 'expired', 'revoked', 'unknown-key', 'unchecked']),
});

/** Runs a plumbing command that must succeed without a word on stderr. */
async function repo(...args: string[]): Promise<string> {
  const ran = await treeline(['repo', ...args]);
  expect(ran, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout.replace(/\n$/, '');
}

/** Runs a plumbing command that must fail with `code` and one line on stderr, which is returned. */
async function refused(code: number, ...args: string[]): Promise<string> {
  const ran = await treeline(['repo', ...args]);
  expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(code);
  expect(ran.stderr).toMatch(/^treeline: [^\n]+\n$/);
  return ran.stderr.trim();
}

/** A new ed25519 key pair in files as `ostree sign` reads them. */
function makeKeyFiles(): { secret: string; public: string } {
  const script = `const n=require('tweetnacl').sign.keyPair();for(const k of [n.secretKey,n.publicKey])console.log(Buffer.from(k).toString('base64'))`;
  const [secretKey = '', publicKey = ''] = execFileSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
  }).split('\n');
  const files = { secret: join(folder, 'key.secret'), public: join(folder, 'key.public') };
  writeFileSync(files.secret, `${secretKey}\n`, { mode: 0o600 });
  writeFileSync(files.public, `${publicKey}\n`);
  return files;
}

/** A GnuPG home with one key; returns its fingerprint. The agent ends with the folder. */
function makeGpgKey(homedir: string): string {
  mkdirSync(homedir, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    execFileSync('gpg', ['--homedir', homedir, '--batch', '--passphrase', '', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  gpg('--quick-generate-key', 'Test <test@example.org>', 'ed25519', 'sign', 'never');
  return /^fpr:+([0-9A-F]{40}):/m.exec(gpg('--with-colons', '--list-keys'))?.[1] ?? '';
}

/** The public key in a file of its own. */
function exportGpgKey(homedir: string): string {
  const path = join(homedir, 'exported.gpg');
  writeFileSync(path, execFileSync('gpg', ['--homedir', homedir, '--batch', '--export']));
  return path;
}

function stopAgent(homedir: string): void {
  execFileSync('gpgconf', ['--homedir', homedir, '--kill', 'gpg-agent'], { stdio: 'ignore' });
}

/** Files of a repository that a failed command must leave as they were. */
function stateOf(path: string): string[] {
  const found: string[] = [];
  const visit = (relative: string) => {
    for (const entry of readdirSync(join(path, relative), { withFileTypes: true })) {
      const child = join(relative, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (!child.startsWith('objects/') && !child.endsWith('.lock'))
        found.push(`${child} ${readFileSync(join(path, child), 'base64')}`);
    }
  };
  visit('.');
  return found.sort();
}

test('init makes what ostree takes, once', async () => {
  expect(await ostree('refs', `--repo=${target}`)).toBe('');
  await ostree('fsck', `--repo=${target}`);
  const mine = readFileSync(join(target, 'config'), 'utf8');
  await repo('init', `--repo=${target}`);
  expect(readFileSync(join(target, 'config'), 'utf8')).toBe(mine);
  expect(await refused(1, 'init', `--repo=${target}`, '--mode=bare-user')).toContain('mode archive');
  const collected = join(folder, 'collected');
  await repo('init', `--repo=${collected}`, '--collection-id=org.example.Os', '--mode=bare-user-only');
  expect(readFileSync(join(collected, 'config'), 'utf8')).toMatch(
    /mode=bare-user-only[\s\S]*collection-id=org\.example\.Os/,
  );
  await refused(1, 'init', `--repo=${join(folder, 'bad')}`, '--collection-id=nonsense');
});

test('commit gives the checksum that ostree gives the same directory', async () => {
  const theirs = join(folder, 'theirs');
  await ostree('init', `--repo=${theirs}`, '--mode=archive');
  const words = ['--subject=A subject', '--body=And\na body', '--timestamp=2026-03-01T12:00:00Z'];
  const expected = await ostree(
    'commit',
    `--repo=${theirs}`,
    '--branch=os/main',
    `--tree=dir=${made.tree}`,
    '--add-metadata-string=version=3.0',
    ...words,
  );
  const first = await repo(
    'commit',
    `--repo=${target}`,
    '--ref=os/main',
    `--tree=${made.tree}`,
    '--metadata',
    'version=3.0',
    ...words,
  );
  expect(first).toBe(expected);
  expect(await ostree('rev-parse', `--repo=${target}`, 'os/main')).toBe(first);
  const second = await repo('commit', `--repo=${target}`, '--ref=os/main', `--tree=${made.tree}`);
  expect(await ostree('log', `--repo=${target}`, second)).toContain(`Parent:  ${first}`);
  const orphan = await repo(
    'commit',
    `--repo=${target}`,
    '--ref=os/main',
    `--tree=${made.tree}`,
    '--parent=none',
  );
  expect(await ostree('log', `--repo=${target}`, orphan)).not.toContain('Parent:');
  await ostree('fsck', `--repo=${target}`);
});

test('commit refuses a ref that would leave refs/heads, a missing directory, a missing parent', async () => {
  const tree = `--tree=${made.tree}`;
  const before = stateOf(target);
  for (const ref of ['../evil', 'a/../b', 'a\nb', '-x', '/a', '']) {
    expect(await refused(1, 'commit', `--repo=${target}`, `--ref=${ref}`, tree)).toMatch(/ref/);
  }
  expect(await refused(1, 'commit', `--repo=${target}`, '--ref=a', `--tree=${folder}/none`)).toContain(
    `${folder}/none`,
  );
  expect(await refused(1, 'commit', `--repo=${target}`, '--ref=a', tree, '--parent=nothing')).toContain(
    'nothing',
  );
  expect(stateOf(target)).toEqual(before);
  expect(existsSync(join(folder, 'evil'))).toBe(false);
});

test('pull by ref links every object, moves the ref, and ostree is content', async () => {
  const at = `--repo=${target}`;
  const result = pulled.parse(JSON.parse(await repo('pull', at, made.repo, 'os/main', '--json')));
  expect(result).toMatchObject({
    refs: [{ ref: 'os/main', from: null, to: made.commits[1] }],
    objectsCopied: 0,
    bytesCopied: '0',
  });
  expect(result.objectsLinked).toBeGreaterThan(10);
  expect(await ostree('rev-parse', at, 'os/main')).toBe(made.commits[1]);
  await ostree('fsck', at);
  const file = `objects/${made.commits[1].slice(0, 2)}/${made.commits[1].slice(2)}.commit`;
  expect(statSync(join(target, file)).ino).toBe(statSync(join(made.repo, file)).ino);
  const again = pulled.parse(JSON.parse(await repo('pull', at, made.repo, 'os/main', '--json')));
  expect(again).toMatchObject({ refs: [{ from: made.commits[1], to: made.commits[1] }], objectsLinked: 0 });
  const full = pulled.parse(JSON.parse(await repo('pull', at, made.repo, 'os/main', '--full', '--json')));
  expect(full.objectsLinked).toBe(0);
  expect(full.objectsPresent).toBe(result.objectsLinked);
});

test('pull by checksum makes no ref; --depth brings history', async () => {
  const at = `--repo=${target}`;
  const result = pulled.parse(
    JSON.parse(
      await repo('pull', at, made.repo, made.commits[1], '--depth=-1', '--no-verify-objects', '--json'),
    ),
  );
  expect(result.refs).toEqual([]);
  expect(await ostree('refs', at)).toBe('');
  expect(await ostree('log', at, made.commits[1])).toContain(made.commits[0]);
});

test('pull of what is not there leaves the target as it was', async () => {
  const before = stateOf(target);
  expect(await refused(1, 'pull', `--repo=${target}`, made.repo, 'os/nothing')).toContain('os/nothing');
  expect(await refused(1, 'pull', `--repo=${target}`, made.repo, 'os/main', '../x')).toContain('../x');
  expect(await refused(1, 'pull', `--repo=${target}`, made.repo, 'a\nb')).toContain('a\\nb');
  expect(await refused(1, 'pull', `--repo=${target}`, made.repo, '0'.repeat(64))).toContain('0'.repeat(64));
  expect(await refused(1, 'pull', `--repo=${target}`, join(folder, 'none'), 'os/main')).toContain(
    join(folder, 'none'),
  );
  expect(stateOf(target)).toEqual(before);
});

test('pull of a corrupt object names it and moves nothing', async () => {
  const source = join(folder, 'source');
  cpSync(made.repo, source, { recursive: true });
  const listed = await ostree('ls', `--repo=${source}`, '-C', 'os/main', '/etc/hosts');
  const bad = /[0-9a-f]{64}/.exec(listed)?.[0] ?? '';
  const path = join(source, 'objects', bad.slice(0, 2), `${bad.slice(2)}.filez`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const before = stateOf(target);
  expect(await refused(1, 'pull', `--repo=${target}`, source, 'os/main')).toContain(bad);
  expect(stateOf(target)).toEqual(before);
  await ostree('fsck', `--repo=${target}`);
});

test('recommit: the same tree under another ref, bound to it, with the target’s head before it', async () => {
  const at = `--repo=${target}`;
  await repo('pull', at, made.repo, 'os/main');
  await repo('commit', at, '--ref=os/stable', `--tree=${made.tree}`, '--timestamp=2026-01-15T00:00:00Z');
  const head = await ostree('rev-parse', at, 'os/stable');
  const args = ['recommit', at, made.repo, 'os/main', 'os/stable', '--metadata', 'note=promoted', '--json'];
  const result = pulled.parse(JSON.parse(await repo(...args)));
  const [moved] = result.refs;
  expect(moved).toMatchObject({ ref: 'os/stable', from: head });
  const shown = JSON.parse(await repo('show', at, 'os/stable', '--json')) as Record<string, unknown>;
  const source = JSON.parse(await repo('show', `--repo=${made.repo}`, 'os/main', '--json')) as Record<
    string,
    unknown
  >;
  expect(shown).toMatchObject({
    checksum: moved?.to,
    parent: head,
    contentChecksum: source.contentChecksum,
    refBindings: ['os/stable'],
    subject: 'Second',
  });
  expect(shown.metadata).toMatchObject({ version: '2.0', note: 'promoted' });
  expect(Date.parse(String(shown.timestamp))).toBeGreaterThan(Date.parse('2026-01-15T00:00:00Z'));
  await ostree('fsck', at);
  expect(await refused(1, 'recommit', at, made.repo, 'os/nothing', 'os/stable')).toContain('os/nothing');
  expect(await refused(1, 'recommit', at, made.repo, 'os/main', '../x')).toContain('../x');
});

test('sign and verify: ed25519 and GPG beside each other, each attributed', async () => {
  const at = `--repo=${target}`;
  const keys = makeKeyFiles();
  const homedir = join(folder, 'gnupg');
  const fingerprint = makeGpgKey(homedir);
  try {
    await repo('pull', at, made.repo, 'os/main');
    await repo('sign', at, 'os/main', `--ed25519-secret-key-file=${keys.secret}`);
    await repo('sign', at, 'os/main', `--gpg-key=${fingerprint}`, `--gpg-homedir=${homedir}`);
    const keyring = exportGpgKey(homedir);
    const verify = [
      'verify',
      at,
      'os/main',
      `--ed25519-public-key-file=${keys.public}`,
      `--gpg-keyring=${keyring}`,
      '--json',
    ];
    const result = z
      .object({ ok: z.boolean(), signatures: z.array(signature) })
      .parse(JSON.parse(await repo(...verify)));
    expect(result).toEqual({
      ok: true,
      signatures: [
        { type: 'ed25519', key: readFileSync(keys.public, 'utf8').trim(), state: 'valid' },
        { type: 'gpg', key: fingerprint, state: 'valid' },
      ],
    });
    expect(await ostree('show', at, 'os/main', `--gpg-homedir=${homedir}`)).toContain('Good signature');
  } finally {
    stopAgent(homedir);
  }
  expect(await refused(2, 'sign', at, 'os/main')).toContain('no key given');
  expect(await refused(1, 'sign', at, 'os/main', `--ed25519-secret-key-file=${keys.public}`)).toContain(
    keys.public,
  );
  const other = makeKeyFiles();
  const unknown = await treeline([
    'repo',
    'verify',
    at,
    'os/main',
    `--ed25519-public-key-file=${other.public}`,
    '--json',
  ]);
  expect(unknown.code).toBe(1);
  expect(JSON.parse(unknown.stdout)).toMatchObject({ ok: false });
  expect(await refused(1, 'verify', at, 'os/main')).toContain('not checked');
});

test('no secret of a key file reaches an error', async () => {
  const file = join(folder, 'broken.secret');
  const secret = Buffer.from('hunter2'.repeat(12)).toString('base64');
  writeFileSync(file, `${secret}\n`);
  const line = await refused(
    1,
    'sign',
    `--repo=${made.repo}`,
    'os/main',
    `--ed25519-secret-key-file=${file}`,
  );
  expect(line).toContain(file);
  expect(line).not.toContain(secret.slice(0, 8));
});

test('summary: made, signed, verified, and accepted by ostree', async () => {
  const at = `--repo=${target}`;
  const keys = makeKeyFiles();
  const homedir = join(folder, 'gnupg');
  const fingerprint = makeGpgKey(homedir);
  try {
    await repo('pull', at, made.repo, 'os/main');
    await repo(
      'summary',
      at,
      '--update',
      `--ed25519-secret-key-file=${keys.secret}`,
      `--gpg-key=${fingerprint}`,
      `--gpg-homedir=${homedir}`,
    );
    const shape = z.object({
      refs: z.array(z.object({ ref: z.string(), checksum })),
      lastModified: z.iso.datetime(),
      signatures: z.array(signature),
    });
    const shown = shape.parse(JSON.parse(await repo('summary', at, '--json')));
    expect(shown.refs).toMatchObject([{ ref: 'os/main', checksum: made.commits[1] }]);
    expect(shown.signatures.map(({ type }) => type)).toEqual(['ed25519', 'gpg']);
    expect(await ostree('summary', '-v', at)).toContain(made.commits[1]);
    await repo('verify', at, `--ed25519-public-key-file=${keys.public}`);
    await repo('verify', at, `--gpg-keyring=${exportGpgKey(homedir)}`);
    // GnuPG's own keyring, which is no export.
    await repo('verify', at, `--gpg-keyring=${join(homedir, 'pubring.kbx')}`);
  } finally {
    stopAgent(homedir);
  }
});

test('summary --update without a key replaces a signed summary only with --unsigned', async () => {
  const at = `--repo=${target}`;
  const keys = makeKeyFiles();
  await repo('pull', at, made.repo, 'os/main');
  await repo('summary', at, '--update');
  expect(existsSync(join(target, 'summary.sig'))).toBe(false);
  await repo('summary', at, '--update', `--ed25519-secret-key-file=${keys.secret}`);
  const before = stateOf(target);
  expect(await refused(2, 'summary', at, '--update')).toContain('--unsigned');
  expect(stateOf(target)).toEqual(before);
  await repo('summary', at, '--update', '--unsigned');
  expect(existsSync(join(target, 'summary.sig'))).toBe(false);
  expect(
    await refused(2, 'summary', at, '--update', '--unsigned', `--ed25519-secret-key-file=${keys.secret}`),
  ).toContain('--unsigned');
  expect(await refused(2, 'summary', at, '--unsigned')).toContain('--update');
});

test('summary of a repository without one says so', async () => {
  expect(await refused(1, 'summary', `--repo=${target}`)).toContain('has no summary');
  expect(await refused(1, 'verify', `--repo=${target}`)).toContain('has no summary');
});

test('prune: a dry run removes nothing; then what ostree would keep is kept', async () => {
  const at = `--repo=${target}`;
  const theirs = join(folder, 'theirs');
  await repo('pull', at, made.repo, 'os/main', '--depth=-1');
  cpSync(target, theirs, { recursive: true });
  const objectsOf = (path: string) =>
    readdirSync(join(path, 'objects'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('.'))
      .sort();
  const before = objectsOf(target);
  const shape = z.object({
    prunedObjects: z.number().int(),
    prunedCommits: z.array(checksum),
    prunedBytes: z.string(),
  });
  const dry = shape.parse(JSON.parse(await repo('prune', at, '--depth=0', '--dry-run', '--json')));
  expect(dry.prunedCommits).toEqual([made.commits[0]]);
  expect(objectsOf(target)).toEqual(before);
  const done = shape.parse(JSON.parse(await repo('prune', at, '--depth=0', '--json')));
  expect(done.prunedObjects).toBe(dry.prunedObjects);
  await ostree('prune', `--repo=${theirs}`, '--refs-only', '--depth=0');
  expect(objectsOf(target)).toEqual(objectsOf(theirs));
  await ostree('fsck', at);
});

test('two pulls at once, and a prune that waits for them', async () => {
  const at = `--repo=${target}`;
  const start = treelineAt(await buildTreeline());
  const pulls = [1, 2, 3].map(() => start(['repo', 'pull', at, made.repo, 'os/main', '--depth=-1']));
  const prunes = [1, 2].map(() => start(['repo', 'prune', at]));
  for (const ran of await Promise.all([...pulls, ...prunes])) {
    // Two that want the same new ref: one may find that the other was first.
    if (ran.code !== 0) expect(ran.stderr).toMatch(/^treeline: [^\n]*os\/main[^\n]*\n$/);
  }
  expect(await ostree('rev-parse', at, 'os/main')).toBe(made.commits[1]);
  await ostree('fsck', at);
});
