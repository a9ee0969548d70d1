import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { ostree } from '../testing/run-treeline';
import { treelineInProcess as treeline } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let made: OstreeRepo;
let folder: string;

beforeAll(async () => {
  made = await makeOstreeRepo();
  folder = mkdtempSync(join(tmpdir(), 'treeline-usage-'));
});
afterAll(() => {
  rmSync(made.folder, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** Expects exit code `code`, nothing on stdout, and exactly one line on stderr; returns the line. */
async function refused(code: number, ...args: string[]): Promise<string> {
  const ran = await treeline(args);
  expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(code);
  expect(ran.stdout).toBe('');
  expect(ran.stderr).toMatch(/^treeline: [^\n]+\n$/);
  return ran.stderr.trim();
}

test.each([
  [[], 'no command given'],
  [['repo'], 'see treeline repo --help'],
  [['nonsense'], "unknown command 'nonsense'"],
  [['repo', 'nonsense'], "unknown command 'nonsense'"],
  [['repo', 'log'], "required option '--repo <path>' not specified"],
  [['repo', 'log', '--repo=R'], "missing required argument 'rev'"],
  [['repo', 'log', '--repo=R', 'a', 'b'], 'too many arguments'],
  [['repo', 'log', '--repo=R', 'a', '--max=0'], 'whole number'],
  [['repo', 'log', '--repo=R', 'a', '--max=-1'], 'whole number'],
  [['repo', 'log', '--repo=R', 'a', '--max=x'], 'whole number'],
  [['repo', 'log', '--repo=R', 'a', '--unknown'], "unknown option '--unknown'"],
  [['repo', 'init', '--repo=R', '--mode=tar'], 'Allowed choices are archive'],
  [['repo', 'commit', '--repo=R', '--ref=a'], "required option '--tree <dir>' not specified"],
  [['repo', 'commit', '--repo=R', '--ref=a', '--tree=.', '--timestamp=yesterday'], '2026-11-20T12:00:00Z'],
  [['repo', 'commit', '--repo=R', '--ref=a', '--tree=.', '--metadata=x'], 'key=value'],
  [['repo', 'pull', '--repo=R'], "missing required argument 'source'"],
  [['repo', 'pull', '--repo=R', 'S'], 'missing required argument'],
  [['repo', 'prune', '--repo=R', '--depth=x'], 'whole number'],
  [['edge', 'add', 'a', 'b'], "required option '--refs <glob>' not specified"],
  [['person', 'add', 'x', '--role=king'], 'Allowed choices are viewer'],
])('wrong usage %j ends with 2', async (args, what) => {
  expect(await refused(2, ...args)).toContain(what);
});

test('every command has --help on stdout and ends with 0', async () => {
  const names = (text: string) => [...text.matchAll(/^ {2}([a-z-]+)\b/gm)].map(([, name]) => name ?? '');
  const top = await treeline(['--help']);
  expect(top.code).toBe(0);
  const commands = names(top.stdout.slice(top.stdout.indexOf('Commands:')));
  expect(commands).toEqual(expect.arrayContaining(['repo', 'init', 'serve', 'stage', 'key', 'demo']));
  const own = commands.filter((name) => name !== 'help');
  const helps = await Promise.all(own.map((name) => treeline([name, '--help'])));
  const below = helps.flatMap((help, index) => {
    expect(help, own[index]).toMatchObject({ code: 0, stderr: '' });
    const at = help.stdout.indexOf('Commands:');
    const children = at < 0 ? [] : names(help.stdout.slice(at)).filter((name) => name !== 'help');
    return children.map((child) => [own[index] ?? '', child, '--help']);
  });
  expect(below.length).toBeGreaterThan(20);
  for (const help of await Promise.all(below.map((args) => treeline(args)))) {
    expect(help).toMatchObject({ code: 0, stderr: '' });
  }
});

test('a path that is no repository is named', async () => {
  const missing = join(folder, 'missing');
  expect(await refused(1, 'repo', 'refs', `--repo=${missing}`)).toContain(missing);
  expect(await refused(1, 'repo', 'refs', `--repo=${folder}`)).toContain(folder);
  const link = join(folder, 'link');
  symlinkSync(made.repo, link);
  expect(await refused(1, 'repo', 'refs', `--repo=${link}`)).toContain(link);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(await refused(1, 'repo', 'refs', `--repo=${file}`)).toContain(file);
  mkdirSync(join(folder, 'future/objects'), { recursive: true });
  writeFileSync(join(folder, 'future/config'), '[core]\nrepo_version=9\n');
  expect(await refused(1, 'repo', 'refs', `--repo=${join(folder, 'future')}`)).toContain('future');
});

test('a rev that names nothing, or cannot be a name, is shown on one line', async () => {
  const at = `--repo=${made.repo}`;
  expect(await refused(1, 'repo', 'log', at, 'os/nothing')).toContain('os/nothing');
  expect(await refused(1, 'repo', 'log', at, '../../etc/passwd')).toContain('../../etc/passwd');
  expect(await refused(1, 'repo', 'log', at, 'os/main\nos/other')).toContain('os/main\\nos/other');
  expect(await refused(1, 'repo', 'log', at, 'a\x1b[2Jb')).not.toContain('\x1b');
  expect(await refused(1, 'repo', 'log', at, 'f'.repeat(64))).toContain('f'.repeat(64));
  expect(await refused(1, 'repo', 'log', at, 'os/main^^^')).toContain('os/main^^^');
  expect(await refused(1, 'repo', 'log', at, '')).toContain('""');
});

test('a path that a commit does not hold is named', async () => {
  const at = `--repo=${made.repo}`;
  expect(await refused(1, 'repo', 'ls', at, 'os/main', '/nothing')).toContain('/nothing');
  expect(await refused(1, 'repo', 'ls', at, 'os/main', '/usr/../etc')).toContain('..');
  expect(await refused(1, 'repo', 'cat', at, 'os/main', '/usr')).toContain('/usr is a directory');
  expect(await refused(1, 'repo', 'cat', at, 'os/main', '/usr/bin/link')).toContain('symbolic link');
});

test('a corrupt object is named, by reading and by fsck', async () => {
  const copy = join(folder, 'corrupt');
  cpSync(made.repo, copy, { recursive: true });
  const [line] = (await ostree('ls', `--repo=${made.repo}`, '-C', 'os/main', '/etc/hosts')).split('\n');
  const checksum = /[0-9a-f]{64}/.exec(line ?? '')?.[0] ?? '';
  writeFileSync(join(copy, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.filez`), 'not what it was');
  expect(await refused(1, 'repo', 'cat', `--repo=${copy}`, 'os/main', '/etc/hosts')).toContain(checksum);
  const fsck = await treeline(['repo', 'fsck', `--repo=${copy}`, '--json']);
  expect(fsck.code).toBe(1);
  expect(fsck.stderr).toMatch(/^treeline: [^\n]+\n$/);
  const { ok, problems } = JSON.parse(fsck.stdout) as {
    ok: boolean;
    problems: { object: string; path: string; commit: string }[];
  };
  expect(ok).toBe(false);
  expect(problems).toContainEqual(
    expect.objectContaining({ object: `${checksum}.file`, path: '/etc/hosts' }),
  );
});

test('a truncated commit is named', async () => {
  const copy = join(folder, 'truncated');
  cpSync(made.repo, copy, { recursive: true });
  const head = made.commits[1];
  truncateSync(join(copy, 'objects', head.slice(0, 2), `${head.slice(2)}.commit`), 20);
  for (const command of ['log', 'show', 'ls']) {
    expect(await refused(1, 'repo', command, `--repo=${copy}`, 'os/main')).toContain(head);
  }
});

test('a missing home is named, with what to do', async () => {
  const home = join(folder, 'no-home');
  expect(await refused(1, 'stage', 'list', `--home=${home}`)).toContain('run treeline init');
  expect(readdirSync(folder)).not.toContain('no-home');
});
