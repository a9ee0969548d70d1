import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { ostree } from '../testing/run-treeline';
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
  await ostree('init', `--repo=${target}`, '--mode=archive', '--collection-id=org.example.Target');
});

/** Runs a plumbing command that must succeed without a word on stderr. */
async function repo(...args: string[]): Promise<string> {
  const ran = await treeline(['repo', ...args]);
  expect(ran, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout.replace(/\n$/, '');
}

test('refs of remotes, collections and aliases are listed as ostree lists them', async () => {
  const at = `--repo=${target}`;
  await repo('pull', at, made.repo, 'os/main');
  await repo('pull', at, made.repo, 'os/main', '--remote=origin');
  await ostree('refs', at, '--collections', `--create=org.example.Other:os/next`, 'os/main');
  await ostree('refs', at, '--alias', 'os/main', '--create=os/stable');
  const sorted = (text: string) => text.split('\n').sort();
  expect(sorted(await repo('refs', at))).toEqual(sorted(await ostree('refs', at)));
  expect(sorted(await repo('refs', at, '--collections'))).toEqual(
    sorted(await ostree('refs', at, '--collections')),
  );
  expect(await repo('refs', at, '--alias')).toBe(await ostree('refs', at, '--alias'));
  expect(JSON.parse(await repo('refs', at, '-c', '--json'))).toContainEqual({
    collectionId: 'org.example.Other',
    ref: 'os/next',
    checksum: made.commits[1],
  });
  for (const name of [
    'origin:os/main',
    '(org.example.Other, os/next)',
    'org.example.Other:os/next',
    'os/stable',
  ]) {
    expect(JSON.parse(await repo('show', at, name, '--json')).checksum, name).toBe(made.commits[1]);
  }
  const ran = await treeline(['repo', 'commit', at, '--ref=os/stable', `--tree=${made.tree}`]);
  expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(/^treeline: [^\n]*alias[^\n]*\n$/) });
  expect((await treeline(['repo', 'refs', at, '-c', '-A'])).code).toBe(2);
});

test('static deltas come along with a pull, unless told otherwise, and are told', async () => {
  await ostree(
    'static-delta',
    'generate',
    `--repo=${made.repo}`,
    `--from=${made.commits[0]}`,
    `--to=${made.commits[1]}`,
  );
  const at = `--repo=${target}`;
  const name = `${made.commits[0]}-${made.commits[1]}`;
  const shallow = JSON.parse(await repo('pull', at, made.repo, 'os/main', '--json'));
  expect(shallow).toMatchObject({
    deltasCarried: [],
    deltasLeft: [{ name, why: expect.stringContaining(made.commits[0]) }],
  });
  expect(await repo('pull', at, made.repo, 'os/main', '--depth=-1', '--no-static-deltas')).not.toContain(
    'delta',
  );
  expect(await repo('pull', at, made.repo, 'os/main', '--depth=-1')).toContain(
    `static delta ${name} came along`,
  );
  expect(await ostree('static-delta', 'list', at)).toBe(name);
  await repo('summary', at, '--update');
  expect(await ostree('summary', '--view', at)).toContain(name);
});

test('fsck looks at bindings where it is told to, as ostree does', async () => {
  const at = `--repo=${join(folder, 'plain')}`;
  await ostree('init', at, '--mode=archive');
  await repo('pull', at, made.repo, 'os/main');
  await repo('fsck', at, '--verify-bindings');
  await ostree('refs', at, '--create=os/unbound', 'os/main');
  await repo('fsck', at);
  const ran = await treeline(['repo', 'fsck', at, '--verify-bindings']);
  expect(ran.code).toBe(1);
  expect(ran.stdout + ran.stderr).toContain('os/unbound');
  await expect(ostree('fsck', at, '--verify-bindings')).rejects.toThrow();
});

test('a key that somebody added to the summary stays until it is dropped', async () => {
  const at = `--repo=${target}`;
  await ostree('summary', at, '-u', '--add-metadata=org.example.note="kept"');
  await repo('summary', at, '--update');
  expect(await ostree('summary', at, '--view')).toContain('org.example.note');
  await repo('summary', at, '--update', '--drop-key=org.example.note');
  expect(await ostree('summary', at, '--view')).not.toContain('org.example.note');
});

test('commit and recommit take metadata of any type, as ostree does', async () => {
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  for (const path of [ours, theirs]) await ostree('init', `--repo=${path}`, '--mode=archive');
  const values = [
    'number=uint64 5',
    'plain=7',
    "list=['a', 'b']",
    "dict={'key': <@as []>}",
    "bytes=b'abc\\377'",
    'maybe=just 1.5',
    "tuple=(1, 'x', true)",
  ];
  const words = ['--subject=s', '--timestamp=2026-03-01T12:00:00Z'];
  const expected = await ostree(
    ...['commit', `--repo=${theirs}`, '--branch=os/main', '--add-metadata-string=version=1', ...words],
    ...[...values.map((value) => `--add-metadata=${value}`), `--tree=dir=${made.tree}`],
  );
  const flags = values.flatMap((value) => ['--add-metadata', value]);
  const tree = `--tree=${made.tree}`;
  const commit = await repo(
    'commit',
    `--repo=${ours}`,
    '--ref=os/main',
    '--metadata',
    'version=1',
    ...words,
    tree,
    ...flags,
  );
  expect(commit).toBe(expected);
  const at = `--repo=${target}`;
  const again = JSON.parse(
    await repo('recommit', at, ours, 'os/main', 'os/stable', '--add-metadata', 'number=5', '--json'),
  );
  const remade = again.refs[0].to;
  expect(JSON.parse(await repo('show', at, remade, '--json')).metadata).toMatchObject({
    number: 5,
    plain: 7,
    version: '1',
  });
  expect(await ostree('show', at, '--print-metadata-key=list', remade)).toBe("['a', 'b']");
  const wrong = await treeline([
    'repo',
    'commit',
    `--repo=${ours}`,
    '--ref=os/main',
    tree,
    '--add-metadata',
    'n=[',
  ]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^treeline: [^\n]+\n$/);
});

test('recommit keeps the content, and says so as ostree show does', async () => {
  const at = `--repo=${target}`;
  await ostree(
    'commit',
    at,
    '--branch=os/stable',
    '--timestamp=2026-05-01 00:00:00 +0000',
    `--tree=dir=${folder}`,
  );
  const head = await ostree('rev-parse', at, 'os/stable');
  const result = JSON.parse(
    await repo('recommit', at, made.repo, 'os/main', 'os/stable', '--metadata', 'release=7', '--json'),
  );
  const shown = await ostree('show', at, result.refs[0].to);
  const source = await ostree('show', `--repo=${made.repo}`, 'os/main');
  const line = (text: string, name: string) => new RegExp(`^${name}: +(.*)$`, 'm').exec(text)?.[1];
  for (const name of ['ContentChecksum', 'Version']) expect(line(shown, name)).toBe(line(source, name));
  expect(line(shown, 'Parent')).toBe(head);
  expect(Date.parse(line(shown, 'Date') ?? '')).toBeGreaterThan(Date.parse('2026-05-01T00:00:00Z'));
  expect(shown).toContain('Second');
  const metadata = async (key: string) =>
    ostree('show', at, `--print-metadata-key=${key}`, result.refs[0].to);
  expect(await metadata('ostree.ref-binding')).toBe("['os/stable']");
  expect(await metadata('ostree.collection-binding')).toBe("'org.example.Target'");
  expect(await metadata('release')).toBe("'7'");
  await ostree('fsck', '--quiet', at);
  writeFileSync(join(folder, 'done'), '');
});
