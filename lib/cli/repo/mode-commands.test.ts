import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeOstreeRepo, type OstreeRepo } from '../testing/ostree-repo';
import { ostree } from '../testing/run-treeline';
import { treelineInProcess as treeline } from '../testing/treeline-in-process';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const MODES = ['archive', 'bare', 'bare-user', 'bare-user-only'] as const;
let made: OstreeRepo;
let folder: string;

beforeAll(async () => {
  made = await makeOstreeRepo();
});
afterAll(() => {
  rmSync(made.folder, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(made.folder, 'case-'));
});

/** Runs a plumbing command that must succeed without a word on stderr. */
async function repo(...args: string[]): Promise<string> {
  const ran = await treeline(['repo', ...args]);
  expect(ran, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout.replace(/\n$/, '');
}

const WORDS = ['--subject=A subject', '--timestamp=2026-03-01T12:00:00Z'];

test.each(MODES)('init and commit in mode %s make what ostree makes', async (mode) => {
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  await repo('init', `--repo=${ours}`, `--mode=${mode}`);
  await ostree('init', `--repo=${theirs}`, `--mode=${mode}`);
  const flags = ['--bind-ref=os/next', ...WORDS];
  const expected = await ostree('commit', `--repo=${theirs}`, '--branch=os/main', ...flags, made.tree);
  const tree = `--tree=${made.tree}`;
  expect(await repo('commit', `--repo=${ours}`, '--ref=os/main', tree, ...flags)).toBe(expected);
  await ostree('fsck', '--quiet', `--repo=${ours}`);
  expect(await repo('fsck', `--repo=${ours}`)).toContain('objects');
  const listed = await ostree('ls', '-R', '-C', '-X', `--repo=${theirs}`, 'os/main');
  expect(await ostree('ls', '-R', '-C', '-X', `--repo=${ours}`, 'os/main')).toBe(listed);
});

test('commit --generate-sizes states sizes that ostree and show --print-sizes read', async () => {
  const path = join(folder, 'repo');
  await repo('init', `--repo=${path}`);
  const tree = `--tree=${made.tree}`;
  const commit = await repo('commit', `--repo=${path}`, '--ref=os/main', tree, '--generate-sizes');
  const theirs = await ostree('show', `--repo=${path}`, '--print-sizes', commit);
  const count = /objects \(needed\/total\): (\S+)/.exec(theirs)?.[1];
  expect(count).toMatch(/^0\/\d+$/);
  expect(await repo('show', `--repo=${path}`, '--print-sizes', commit)).toContain(`(needed/total): ${count}`);
  const json = JSON.parse(await repo('show', `--repo=${path}`, '--print-sizes', '--json', 'os/main'));
  expect(json).toMatchObject({
    needed: { objects: 0, archivedBytes: '0' },
    total: { objects: Number(count?.slice(2)) },
  });
  const without = await treeline(['repo', 'show', `--repo=${made.repo}`, '--print-sizes', 'os/main']);
  expect(without.code).toBe(1);
  expect(without.stderr).toMatch(/^treeline: commit [0-9a-f]{64} states no sizes[^\n]*\n$/);
});

test('only an archive has sizes: elsewhere the commit is made without, and it is said', async () => {
  const path = join(folder, 'repo');
  await repo('init', `--repo=${path}`, '--mode=bare-user');
  const args = ['commit', `--repo=${path}`, '--ref=os/main', `--tree=${made.tree}`, '--generate-sizes'];
  const ran = await treeline(['repo', ...args]);
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('no archive') });
  expect(await ostree('show', `--repo=${path}`, '--raw', 'os/main')).not.toContain('ostree.sizes');
});

test('commit --canonical-permissions makes what ostree makes with it', async () => {
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  for (const path of [ours, theirs]) await ostree('init', `--repo=${path}`, '--mode=archive');
  const flags = ['--canonical-permissions', ...WORDS];
  const expected = await ostree('commit', `--repo=${theirs}`, '--branch=os/main', ...flags, made.tree);
  const tree = `--tree=${made.tree}`;
  expect(await repo('commit', `--repo=${ours}`, '--ref=os/main', tree, ...flags)).toBe(expected);
});

test('pull from an archive into bare-user and back, and recommit between them', async () => {
  const [user, back] = [join(folder, 'user'), join(folder, 'back')];
  await repo('init', `--repo=${user}`, '--mode=bare-user');
  await repo('init', `--repo=${back}`);
  const result = JSON.parse(
    await repo('pull', `--repo=${user}`, made.repo, 'os/main', '--depth=-1', '--json'),
  );
  expect(result.refs).toEqual([{ ref: 'os/main', from: null, to: made.commits[1] }]);
  expect(result.objectsCopied).toBeGreaterThan(0);
  await repo('pull', `--repo=${back}`, user, 'os/main');
  const recommitted = JSON.parse(
    await repo('recommit', `--repo=${back}`, user, 'os/main', 'os/stable', '--json'),
  );
  for (const path of [user, back]) await ostree('fsck', '--quiet', `--repo=${path}`);
  const listed = await ostree('ls', '-R', '-C', '-X', `--repo=${made.repo}`, 'os/main');
  expect(await ostree('ls', '-R', '-C', '-X', `--repo=${user}`, 'os/main')).toBe(listed);
  expect(await ostree('ls', '-R', '-C', '-X', `--repo=${back}`, recommitted.refs[0].to)).toBe(listed);
});

test('pull into bare-user-only names what it cannot keep, and moves nothing', async () => {
  const only = join(folder, 'only');
  await repo('init', `--repo=${only}`, '--mode=bare-user-only');
  const ran = await treeline(['repo', 'pull', `--repo=${only}`, made.repo, 'os/main']);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^treeline: [0-9a-f]{64}\.file cannot come into [^\n]*\n$/);
  expect(await ostree('refs', `--repo=${only}`)).toBe('');
});

test('bare-split-xattrs is refused in one line, whatever is asked of it', async () => {
  const path = join(folder, 'split');
  await ostree('init', `--repo=${path}`, '--mode=bare-split-xattrs');
  const refused = async (...args: string[]) => {
    const ran = await treeline(['repo', ...args]);
    expect(ran, args.join(' ')).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toMatch(/^treeline: [^\n]*bare-split-xattrs[^\n]*\n$/);
  };
  await refused('refs', `--repo=${path}`);
  await refused('pull', `--repo=${path}`, made.repo, 'os/main');
  await refused('pull', `--repo=${made.repo}`, path, 'os/main');
  await refused('commit', `--repo=${path}`, '--ref=a', `--tree=${made.tree}`);
  await refused('fsck', `--repo=${path}`);
});
