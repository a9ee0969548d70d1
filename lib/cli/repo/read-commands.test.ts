import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { buildTreeline, ostree } from '../testing/run-treeline';
import { treelineInProcess as treeline } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let made: OstreeRepo;
let script: string;

beforeAll(async () => {
  script = await buildTreeline();
  made = await makeOstreeRepo();
});
afterAll(() => {
  rmSync(made.folder, { recursive: true, force: true });
});

const checksum = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();
const logRow = z.object({
  checksum,
  parent: checksum.nullable(),
  timestamp: time,
  subject: z.string(),
  body: z.string(),
  version: z.string().nullable(),
});

/** Runs a plumbing command that must succeed without a word on stderr. */
async function repo(...args: string[]): Promise<string> {
  const ran = await treeline(['repo', ...args]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout.replace(/\n$/, '');
}

test('refs: as ostree lists them', async () => {
  expect(await repo('refs', `--repo=${made.repo}`)).toBe(await ostree('refs', `--repo=${made.repo}`));
  const rows = z
    .array(z.object({ ref: z.string(), checksum }))
    .parse(JSON.parse(await repo('refs', `--repo=${made.repo}`, '--json')));
  expect(rows).toEqual([{ ref: 'os/main', checksum: made.commits[1] }]);
});

test.each(['os/main', 'os/main^'])('log and show of %s: as ostree prints them', async (rev) => {
  expect(await repo('log', `--repo=${made.repo}`, rev)).toBe(await ostree('log', `--repo=${made.repo}`, rev));
  expect(await repo('show', `--repo=${made.repo}`, rev)).toBe(
    await ostree('show', `--repo=${made.repo}`, rev),
  );
});

test('log --json: newest first, cut by --max', async () => {
  const rows = z
    .array(logRow)
    .parse(JSON.parse(await repo('log', `--repo=${made.repo}`, 'os/main', '--json')));
  expect(rows).toEqual([
    {
      checksum: made.commits[1],
      parent: made.commits[0],
      timestamp: '2026-02-01T00:00:00.000Z',
      subject: 'Second',
      body: '',
      version: '2.0',
    },
    {
      checksum: made.commits[0],
      parent: null,
      timestamp: '2026-01-01T00:00:00.000Z',
      subject: 'First',
      body: 'With a body\nof two lines',
      version: '1.0',
    },
  ]);
  const cut: unknown = JSON.parse(await repo('log', `--repo=${made.repo}`, 'os/main', '--max=1', '--json'));
  expect(cut).toEqual(rows.slice(0, 1));
});

test('show --json: what ostree says of the same commit', async () => {
  const shape = logRow.extend({
    contentChecksum: checksum,
    rootDirtree: checksum,
    rootDirmeta: checksum,
    metadata: z.record(z.string(), z.unknown()),
    signatures: z.array(z.unknown()),
  });
  const shown = shape.parse(JSON.parse(await repo('show', `--repo=${made.repo}`, 'os/main^', '--json')));
  const theirs = await ostree('show', `--repo=${made.repo}`, 'os/main^');
  expect(theirs).toContain(`ContentChecksum:  ${shown.contentChecksum}\n`);
  const root = await ostree('ls', `--repo=${made.repo}`, '-d', '-C', 'os/main^', '/');
  expect(root).toContain(`${shown.rootDirtree} ${shown.rootDirmeta}`);
  expect(shown.metadata).toEqual({ version: '1.0', 'ostree.ref-binding': ['os/main'] });
  expect(shown.signatures).toEqual([]);
});

test.each([
  ['os/main', []],
  ['os/main', ['/usr/bin']],
  ['os/main', ['/usr/bin/tool']],
  ['os/main', ['/usr/share/empty']],
  ['os/main', ['-R']],
  ['os/main^', ['-R', '/opt']],
])('ls %s %j: as ostree prints it', async (rev, args) => {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const paths = args.filter((arg) => !arg.startsWith('-'));
  expect(await repo('ls', `--repo=${made.repo}`, ...flags, rev, ...paths)).toBe(
    await ostree('ls', `--repo=${made.repo}`, ...flags, rev, ...paths),
  );
});

test('ls --json: types, modes with type bits, sizes, checksums and targets', async () => {
  const entry = z.object({
    path: z.string(),
    type: z.enum(['file', 'directory', 'symlink']),
    mode: z.string().regex(/^0[0-7]+$/),
    uid: z.number(),
    gid: z.number(),
    size: z.string().regex(/^\d+$/),
    checksum,
    dirmetaChecksum: checksum.nullable(),
    target: z.string().nullable(),
    xattrs: z.array(z.tuple([z.string(), z.string()])),
  });
  const listed = z
    .array(entry)
    .parse(JSON.parse(await repo('ls', `--repo=${made.repo}`, '-R', 'os/main', '--json')));
  const theirs = (await ostree('ls', `--repo=${made.repo}`, '-R', '-C', 'os/main')).split('\n');
  const lines = listed.map((row) => {
    const kind = { file: '-', directory: 'd', symlink: 'l' }[row.type];
    const mode = (Number.parseInt(row.mode, 8) & 0o7777).toString(8).padStart(5, '0');
    const sums = row.dirmetaChecksum === null ? row.checksum : `${row.checksum} ${row.dirmetaChecksum}`;
    const target = row.target === null ? '' : ` -> ${row.target}`;
    return `${kind}${mode} ${row.uid} ${row.gid} ${row.size.padStart(6)} ${sums} ${row.path}${target}`;
  });
  expect(lines).toEqual(theirs);
  const typeBits = { file: 0o100000, directory: 0o040000, symlink: 0o120000 };
  for (const row of listed) expect(Number.parseInt(row.mode, 8) & 0o170000).toBe(typeBits[row.type]);
});

test('cat: byte for byte, and through a pipe that closes early', async () => {
  for (const path of ['usr/share/large', 'usr/share/größe-日本', 'usr/share/with space', 'etc/hosts']) {
    const args = [script, 'repo', 'cat', `--repo=${made.repo}`, 'os/main', `/${path}`];
    const bytes = execFileSync(process.execPath, args, { maxBuffer: 1 << 26 });
    expect(bytes.equals(readFileSync(join(made.tree, path))), path).toBe(true);
  }
  const piped = execFileSync('/bin/sh', [
    '-c',
    '"$@" 2>&1 | head -c 9',
    'sh',
    process.execPath,
    script,
    'repo',
    'cat',
    `--repo=${made.repo}`,
    'os/main',
    '/usr/share/large',
  ]);
  expect(piped.toString()).toBe('treeline ');
});

test('diff: as ostree prints it, and the same rows in JSON', async () => {
  const [from, to] = made.commits;
  expect(await repo('diff', `--repo=${made.repo}`, from, to)).toBe(
    await ostree('diff', `--repo=${made.repo}`, from, to),
  );
  const row = z.object({
    path: z.string(),
    kind: z.enum(['file', 'directory', 'symlink']),
    from: checksum.nullable(),
    to: checksum.nullable(),
  });
  const shape = z.object({ added: z.array(row), removed: z.array(row), modified: z.array(row) });
  const diff = shape.parse(JSON.parse(await repo('diff', `--repo=${made.repo}`, from, to, '--json')));
  expect(diff.modified.map(({ path }) => path)).toEqual(['/etc/hosts']);
  expect(diff.removed.map(({ path }) => path)).toEqual([
    '/opt',
    '/opt/gone',
    '/opt/gone/away',
    '/opt/gone/away/file',
  ]);
  expect(diff.added.map(({ path }) => path)).toEqual([
    '/srv',
    '/srv/new',
    '/srv/new/deep',
    '/srv/new/deep/file',
  ]);
  expect(diff.added.every((entry) => entry.from === null && entry.to !== null)).toBe(true);
  expect(diff.removed.every((entry) => entry.from !== null && entry.to === null)).toBe(true);
});

test('fsck: a whole repository passes', async () => {
  await ostree('fsck', `--repo=${made.repo}`);
  for (const flags of [[], ['--quick']]) {
    const result: unknown = JSON.parse(await repo('fsck', `--repo=${made.repo}`, '--json', ...flags));
    expect(result).toEqual({ ok: true, objects: expect.any(Number), problems: [] });
  }
  expect(await repo('fsck', `--repo=${made.repo}`)).toMatch(/^\d+ objects checked, no problems found$/);
});
