import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../db/client';
import { insertRetirement } from '../../db/retirement';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { buildTreeline, ostree, type Ran } from '../testing/run-treeline';
import { treelineInProcess } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 300_000 });

let script: string;
let folder: string;
let home: string;
let made: OstreeRepo;
let treeline: (args: readonly string[]) => Promise<Ran>;

beforeAll(async () => {
  script = await buildTreeline();
  folder = mkdtempSync(join(tmpdir(), 'treeline-product-'));
  home = join(folder, 'home');
  treeline = (args) => treelineInProcess(args, { env: { TREELINE_HOME: home, TREELINE_LOG_LEVEL: 'info' } });
  made = await makeOstreeRepo();
  await ostree('init', `--repo=${join(folder, 'production')}`, '--mode=archive');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(made.folder, { recursive: true, force: true });
});

async function done(...args: string[]): Promise<string> {
  const ran = await treeline(args);
  expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(0);
  return ran.stdout;
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await done(...args, '--json')) as Record<string, unknown>;
}

async function refused(code: number, ...args: string[]): Promise<string> {
  const ran = await treeline(args);
  expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(code);
  expect(ran.stderr).toMatch(/^treeline: [^\n]+\n$/);
  return ran.stderr;
}

// One home for the whole file, set up in the order in which a team would.

test('init makes a home and the first admin, with a one-time password, once', async () => {
  const first = await json('init');
  expect(first).toEqual({ home, name: 'admin', oneTimePassword: expect.stringMatching(/^\S{16,}$/) });
  expect(statSync(join(home, 'treeline.db')).mode & 0o077).toBe(0);
  expect(await refused(1, 'init')).toContain('is set up already');
  expect(readFileSync(join(home, 'treeline.db')).includes(String(first.oneTimePassword))).toBe(false);
  expect(await json('migrate')).toEqual({ applied: [] });
});

test('an init that was interrupted is finished', async () => {
  const half = join(folder, 'half');
  await done('init', `--home=${half}`);
  rmSync(join(half, 'treeline.db'));
  for (const name of ['treeline.db-wal', 'treeline.db-shm']) rmSync(join(half, name), { force: true });
  const secret = readFileSync(join(half, 'secrets/session-secret'), 'utf8');
  expect(await json('init', `--home=${half}`, '--name=boss')).toMatchObject({ name: 'boss' });
  expect(readFileSync(join(half, 'secrets/session-secret'), 'utf8')).toBe(secret);
});

test('stage add looks first, says what it found, and refuses what cannot be a stage', async () => {
  const added = await done('stage', 'add', 'dev', `--repo=${made.repo}`, '--key=ed25519');
  expect(added).toMatch(/mode archive.*1 refs[\s\S]*Added the stage dev\.\nKey ed25519 [A-Za-z0-9+/]{43}=\n/);
  await done('stage', 'add', 'production', `--repo=${join(folder, 'production')}`);
  expect(await refused(1, 'stage', 'add', 'again', `--repo=${folder}`)).toContain(
    'is not an OSTree repository',
  );
  expect(await refused(2, 'stage', 'add', 'Not A Name', `--repo=${folder}`)).toContain('lower-case');
  const ran = await treeline(['stage', 'add', 'again', `--repo=${made.repo}`]);
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('is the stage dev already') });
  const stages = JSON.parse(await done('stage', 'list', '--json')) as { name: string }[];
  expect(stages.map(({ name }) => name)).toEqual(['dev', 'production']);
});

test('keys: made by the signer, imported from a file, exported as ostree reads them', async () => {
  const generated = await json('key', 'generate', 'production');
  expect(await done('key', 'export', 'production')).toBe(`${String(generated.keyId)}\n`);
  const gpg = await json('key', 'generate', 'production', '--type=gpg');
  expect(gpg.keyId).toMatch(/^[0-9A-F]{40}$/);
  expect(await done('key', 'export', 'production', '--type=gpg')).toContain('BEGIN PGP PUBLIC KEY BLOCK');
  expect(await refused(2, 'key', 'export', 'production')).toContain('--type');
  expect(await refused(1, 'key', 'export', 'nowhere')).toContain('nowhere');

  const file = join(folder, 'imported.secret');
  const pair = `const p=require('tweetnacl').sign.keyPair();process.stdout.write(Buffer.from(p.secretKey).toString('base64'))`;
  const child = spawn(process.execPath, ['-e', pair], { stdio: ['ignore', 'pipe', 'inherit'] });
  writeFileSync(file, await textOf(child), { mode: 0o600 });
  const imported = await json('key', 'import', 'dev', file);
  const secret = Buffer.from(readFileSync(file, 'utf8'), 'base64');
  expect(imported.keyId).toBe(secret.subarray(32).toString('base64'));
  writeFileSync(join(folder, 'not-a-key'), 'hunter2', { mode: 0o600 });
  expect(await refused(1, 'key', 'import', 'dev', join(folder, 'not-a-key'))).not.toContain('hunter2');
  expect(await refused(1, 'key', 'import', 'dev', join(folder, 'no-file'))).toContain(
    join(folder, 'no-file'),
  );
});

test('groups of people, each named where it is wrong', async () => {
  for (const name of ['releaser', 'guard']) await done('person', 'add', name, '--role=reviewer');
  expect(await done('group', 'add', 'release', '--member=releaser')).toBe(
    'Added the group release (releaser).\n',
  );
  await done('group', 'add', 'security');
  expect(await done('group', 'set', 'security', 'guard')).toBe('The group security is now guard.\n');
  expect(await refused(1, 'group', 'add', 'security')).toContain('security');
  expect(await refused(1, 'group', 'set', 'security', 'nobody')).toContain('nobody');
  expect(await refused(1, 'group', 'remove', 'nothing')).toContain('nothing');
  await done('group', 'add', 'spare');
  await done('group', 'remove', 'spare');
});

test('freeze windows, each named where it is wrong', async () => {
  const times = [
    '--start=2099-12-24T18:00',
    '--end=2100-01-02T08:00',
    '--zone=Europe/Berlin',
    '--reason=away',
  ];
  const added = await json('freeze', 'add', 'Year end', '--stage=production', ...times);
  expect(added).toMatchObject({ stage: 'production', now: null, next: { from: '2099-12-24T17:00:00.000Z' } });
  expect(await refused(2, 'freeze', 'set', 'Year end', '--rule=FREQ=SECONDLY')).toContain('FREQ=SECONDLY');
  expect(await done('freeze', 'list')).toMatch(/^Year end +production +next 2099-12-24 17:00 UTC to /);
  expect(await refused(1, 'freeze', 'override', '1', '--reason=now')).toContain('#1');
  expect(await refused(1, 'freeze', 'reinstate', '1', '--reason=now')).toContain('#1');
  expect(await done('freeze', 'remove', 'Year end')).toBe('Removed the freeze window Year end.\n');
});

test('a service account has a token, which is printed once', async () => {
  await done('service-account', 'add', 'ci');
  const add = ['token', 'add', 'ci', '--name=nightly', '--scope=checks:report'];
  expect(await refused(1, ...add, '--holder=nobody')).toContain('nobody');
  const secret = /^Token: (tl_\S{43})\n/.exec(await done(...add, '--holder=guard'))?.[1] ?? 'none';
  const listed = await done('token', 'list');
  expect(listed).toMatch(/^ci {2}nightly {2}tl_.{6}… {2}checks:report {2}held by guard/);
  expect(listed).not.toContain(secret);
  expect(await refused(2, ...add, '--scope=admin', '--holder=guard')).toContain('admin');
  const forStage = ['token', 'add', 'ci', '--name=dev', '--scope=checks:report', '--holder=guard'];
  expect(await refused(1, ...forStage, '--stage=nowhere')).toContain('nowhere');
  await done(...forStage, '--stage=dev');
  expect(await done('token', 'list')).toContain('checks:report for dev');
  expect(await done('token', 'revoke', 'ci', 'nightly')).toBe('Revoked the token nightly of ci.\n');
  expect(await refused(1, 'token', 'revoke', 'ci', 'nightly')).toContain('nightly');
});

test('edges and people, each named where it is wrong', async () => {
  await done(
    'edge',
    'add',
    'dev',
    'production',
    '--refs=os/**',
    '--approvals=2',
    '--approvals=security=1',
    '--approvals-expire=24',
    '--rename=os/main=os/stable',
    '--mode=recommit',
  );
  const [edge] = JSON.parse(await done('edge', 'list', '--json')) as Record<string, unknown>[];
  expect(edge).toMatchObject({
    from: 'dev',
    to: 'production',
    mode: 'recommit',
    refGlobs: ['os/**'],
    renames: [{ from: 'os/main', to: 'os/stable' }],
    approvalRules: [
      { group: null, required: 2 },
      { group: 'security', required: 1 },
    ],
    approvalExpiryHours: 24,
    isApprovalShared: false,
    verifyObjects: true,
  });
  const set = [
    'edge',
    'set',
    'dev',
    'production',
    '--soak=24',
    '--version-check=required',
    '--source-fsck=advisory',
    '--check=lab',
  ];
  expect(await done(...set)).toBe(
    'Changed the edge dev → production: soakHours 0 → 24, versionCheck off → required, sourceFsckCheck off → advisory, external checks: none → lab (required).\n',
  );
  expect(await done(...set)).toBe('The edge dev → production is so already.\n');
  expect(await refused(2, 'edge', 'set', 'dev', 'production', '--soak=721')).toContain('720');
  const special = ['--emergency-group=security', '--emergency-review=12', '--automatic=os/main'];
  const changed = await json('edge', 'set', 'dev', 'production', ...special, '--automatic-approval=none');
  expect(changed).toMatchObject({
    emergencyGroup: 'security',
    emergencyReviewHours: 12,
    automaticRefs: ['os/main'],
    automaticApproval: 'none',
  });
  expect(await done('edge', 'list')).toMatch(/automatic: os\/main \(approval none\).*emergency: security/);
  expect(await refused(2, 'edge', 'set', 'dev', 'production', '--automatic=app/**')).toContain('app/**');
  expect(await refused(1, 'edge', 'set', 'dev', 'production', '--emergency-group=nobody')).toContain(
    'nobody',
  );
  const off = await json('edge', 'set', 'dev', 'production', '--no-emergency-group', '--no-automatic');
  expect(off).toMatchObject({ emergencyGroup: null, automaticRefs: [], soakHours: 24 });
  expect(await refused(2, 'check', 'report', '1', 'lab', '--state=passed')).toContain('TREELINE_TOKEN');
  expect(await refused(1, 'edge', 'set', 'production', 'dev', '--soak=1')).toContain('production to dev');
  expect(await refused(2, 'edge', 'add', 'dev', 'production', '--refs=os/**', '--rename=x')).toContain(
    'FROM=TO',
  );
  expect(await refused(1, 'edge', 'add', 'dev', 'nowhere', '--refs=os/**')).toContain('nowhere');
  for (const [code, rule] of [
    [2, 'x=y'],
    [2, '0'],
    [2, 'security=6'],
    [1, 'nobodies=1'],
  ] as const) {
    const error = await refused(
      code,
      'edge',
      'add',
      'production',
      'dev',
      '--refs=os/**',
      `--approvals=${rule}`,
    );
    expect(error).toContain(rule.split('=')[0] ?? rule);
  }
  expect(await done('group', 'list')).toMatch(/^release\s+releaser\nsecurity\s+guard\s+dev → production\n$/);
  expect(await refused(1, 'group', 'remove', 'security')).toContain('dev to production');
  expect(await done('person', 'add', 'reviewer', '--role=reviewer')).toMatch(/One-time password: \S{16,}\n/);
  expect(await refused(1, 'person', 'add', 'reviewer', '--role=reviewer')).toContain('reviewer');
  expect(await done('person', 'list')).toMatch(
    /^admin\s+admin\s+Admin\n(.*\n){2}reviewer\s+reviewer\s+reviewer\n$/,
  );
});

test('roles for single stages are given, changed and taken away, each named where it is wrong', async () => {
  const add = ['person', 'add', 'looker', '--role=viewer'];
  expect(await refused(2, ...add, '--role-for=production=admin')).toContain('--role-for production=admin');
  expect(await refused(1, ...add, '--role-for=nowhere=reviewer')).toContain('nowhere');
  expect(await done(...add, '--role-for=production=reviewer')).toMatch(
    /^Added looker \(viewer, reviewer for production\)\./,
  );
  const set = (...options: string[]) => done('person', 'set', 'looker', ...options);
  expect(await set('--role-for=dev=release-manager')).toBe(
    'looker is now viewer, release-manager for dev, reviewer for production.\n',
  );
  expect(await set('--role=reviewer', '--role-for=production=viewer', '--drop-role-for=dev')).toBe(
    'looker is now reviewer, viewer for production.\n',
  );
  expect(await done('person', 'list')).toMatch(/^looker +reviewer, viewer for production +looker/m);
  expect(await refused(1, 'person', 'set', 'nobody', '--role=viewer')).toContain('nobody');
  expect(await refused(1, 'person', 'set', 'looker', '--drop-role-for=dev')).toContain('dev');
  expect(await refused(2, 'person', 'set', 'looker', '--role=admin')).toContain('everywhere');
  expect(await set('--role=admin', '--drop-role-for=production')).toBe('looker is now admin.\n');
});

test('holds, each named where it is wrong', async () => {
  const production = join(folder, 'production');
  await ostree('pull-local', `--repo=${production}`, made.repo, 'os/main');
  const ref = 'os/main';
  const because = '--reason=the audit is going on';
  expect(await refused(2, 'hold', 'add', 'production', 'os/none', because)).toContain('os/none');
  expect(await refused(2, 'hold', 'add', 'dev', ref, because)).toContain('no edge leads into dev');
  expect(await refused(2, 'hold', 'add', 'production', ref, '--scope=all', because)).toContain('--scope');
  expect(await refused(1, 'hold', 'lift', 'production', ref, because)).toContain('is not held');
  expect(await done('hold', 'add', 'production', ref, because)).toBe(
    'os/main of production is held against every promotion.\n',
  );
  expect(await refused(1, 'hold', 'add', 'production', ref, because)).toContain(
    'held already, by command line',
  );
  expect(await done('hold', 'list', '--stage=production')).toMatch(
    /^production +os\/main +every promotion +command line +\S+ \S+ UTC +the audit is going on\n$/,
  );
  expect(await refused(1, 'hold', 'lift', 'production', ref, '--promotion=7', because)).toContain('by #7');
  expect(await done('hold', 'lift', 'production', ref, '--reason=it is over')).toContain('Lifted the hold');
  expect(JSON.parse(await done('hold', 'list', '--json'))).toEqual([]);
});

test('how long what is removed stays, and what is to be deleted, each named where it is wrong', async () => {
  expect(await done('stage', 'set', 'production', '--retire-grace=48')).toMatch(
    /grace after a removal 48 h\.\n$/,
  );
  expect(await json('stage', 'set', 'production', '--overlap=5')).toMatchObject({
    overlapSeconds: 5,
    retireGraceHours: 48,
  });
  await done('stage', 'set', 'production', '--overlap=0');
  expect(await refused(2, 'stage', 'set', 'production')).toContain('--retire-grace');
  expect(await refused(2, 'stage', 'set', 'production', '--retire-grace=0')).toContain('--retire-grace');
  expect(await refused(1, 'stage', 'set', 'none', '--retire-grace=1')).toContain('none');
  expect(await done('retirement', 'list')).toBe('');
  expect(await refused(1, 'retirement', 'list', '--stage=none')).toContain('none');
  const because = '--reason=the lab needs them';
  expect(await refused(1, 'retirement', 'stop', '7', because)).toContain('#7 left nothing');
  const db = openDatabase({ url: `file:${join(home, 'treeline.db')}` });
  const { id: stageId } = await db.stage.findUniqueOrThrow({ where: { name: 'production' } });
  const [removedAt, dueAt] = [new Date('2099-01-01T00:00:00Z'), new Date('2099-01-02T00:00:00Z')];
  const refs = [{ ref: 'os/old', checksum: 'a'.repeat(64) }];
  await insertRetirement(db, { stageId, promotionNumber: 7, refs, removedAt, dueAt });
  await db.$disconnect();
  expect(await done('retirement', 'list')).toMatch(
    /^production +#7 +os\/old +deleted at 2099-01-02 00:00 UTC\n$/,
  );
  expect(await done('retirement', 'stop', '7', because)).toBe('What #7 left in production is kept.\n');
  expect(await refused(1, 'retirement', 'stop', '7', because)).toContain('kept already');
  expect(await done('retirement', 'list', '--stage=production')).toMatch(/kept\n$/);
});

test('the program of the engine’s threads lies where the built command looks for it', () => {
  const programs = ['porcelain.mjs', 'plumbing/pull.cjs', 'plumbing/repo.cjs'];
  const named = programs.flatMap((name) => {
    const path = join(dirname(script), name);
    const found = readFileSync(path, 'utf8').matchAll(/new URL\("([^"]+engine-thread\.cjs)"/g);
    return Array.from(found, ([, relative]) => join(dirname(path), relative ?? ''));
  });
  expect(named).toHaveLength(programs.length);
  expect(named.every((path) => existsSync(path))).toBe(true);
});

test('audit verify: intact after all of it', async () => {
  const chain = await json('audit', 'verify');
  expect(chain).toMatchObject({ isIntact: true, badSeq: null, hasNotedHead: null });
  const head = String(chain.headHash);
  expect(await done('audit', 'verify', `--head=${head}`)).toContain('intact');
  expect(await refused(1, 'audit', 'verify', `--head=${'0'.repeat(64)}`)).toContain('cut off before it');
  expect(await refused(2, 'audit', 'verify', '--head=abc')).toContain('64 hex digits');

  const file = join(folder, 'audit.csv');
  expect(await done('audit', 'export', '--format=csv', `--output=${file}`)).toBe('');
  expect(readFileSync(file, 'utf8')).toContain(`,audit.exported,,,,"{""events"":${chain.events}}",${head},`);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(await refused(1, 'audit', 'export', `--output=${file}`)).toContain(`${file}: EEXIST`);
  const lines = (await done('audit', 'export')).trimEnd().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ kind: 'audit.exported', actorName: 'command line' });
});

test('a home that others can read is refused by name', async () => {
  chmodSync(join(home, 'secrets/session-secret'), 0o644);
  expect(await refused(1, 'stage', 'list')).toContain('session-secret');
  chmodSync(join(home, 'secrets/session-secret'), 0o600);
});

test('serve with a taken port starts nothing and names the port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await refused(1, 'serve', `--port=${port}`, '--repo-port=4391')).toContain(
    `port ${port} on 127.0.0.1 is taken`,
  );
  expect(await refused(1, 'serve', '--port=4392', `--repo-port=${port}`)).toContain('--repo-port');
  expect(existsSync(join(home, 'run/signer.sock'))).toBe(false);
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test.each([
  ['worker', []],
  ['signer', []],
  ['repo-server', ['--port=4393']],
])('%s says that it is ready, ends with 0 at SIGTERM, and with its supervisor', async (name, args) => {
  const start = (env: Record<string, string>) =>
    spawn(process.execPath, [script, name, ...args], {
      env: { ...process.env, TREELINE_HOME: home, TREELINE_LOG_LEVEL: 'info', ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  const alone = start({});
  await untilReady(alone);
  alone.stdin?.end();
  alone.kill('SIGTERM');
  expect(await endOf(alone)).toBe(0);

  const supervised = start({ TREELINE_SUPERVISED: '1' });
  await untilReady(supervised);
  supervised.stdin?.end();
  expect(await endOf(supervised)).toBe(0);
});

test('demo refuses to make itself in a folder that is none of its own', async () => {
  writeFileSync(join(folder, 'precious'), '');
  expect(await refused(1, 'demo', `--dir=${folder}`, '--make-only', '--reset')).toContain('is no demo');
  expect(existsSync(join(folder, 'precious'))).toBe(true);
});

function textOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('close', () => resolve(text));
  });
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('"msg":"ready"')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
