import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InjectedCrash, systemError, watchedFs } from '../fixtures/faulty-fs';
import { runOstree } from '../fixtures/run-ostree';
import { withCode } from '../fixtures/with-code';
import { parseChecksum } from '../format/checksum';
import { nodeFs } from '../fs-port';
import { Breather } from '../repo/breather';
import { findOwnObjects } from '../repo/find-own-objects';
import { fsckRepo } from '../repo/fsck-repo';
import { openRepo } from '../repo/open-repo';
import { walkHistory } from '../repo/walk-history';
import { tryLockRepo } from './lock';
import { type RetireOptions, retireCommits } from './retire-commits';

const base = mkdtempSync(join(tmpdir(), 'treeline-retire-'));
const made = join(base, 'made');

function ostree(...args: string[]): string {
  return runOstree(...args).trim();
}

function commit(ref: string, content: string): string {
  const tree = join(base, 'tree');
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'usr/lib'), { recursive: true });
  writeFileSync(join(tree, 'usr/lib/release'), content);
  writeFileSync(join(tree, 'usr/common'), 'the same in all of them');
  return ostree('commit', `--repo=${made}`, `--branch=${ref}`, `--tree=dir=${tree}`);
}

const names: Record<string, string> = {};

beforeAll(() => {
  ostree('init', `--repo=${made}`, '--mode=archive');
  for (const nth of [1, 2, 3]) names[`old${nth}`] = commit('os/old', `old ${nth}`);
  names.main = commit('os/main', 'main');
  // It goes on from the middle of the other's history.
  ostree('refs', `--repo=${made}`, `--create=os/later`, names.old1 as string);
  names.later = commit('os/later', 'later');
  // Nobody's: no ref leads to it, and nobody asks for it to go.
  names.stray = commit('os/stray', 'stray');
  for (const ref of ['os/stray', 'os/old']) ostree('refs', `--repo=${made}`, '--delete', ref);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function objectsOf(repo: string): string[] {
  return readdirSync(join(repo, 'objects'))
    .flatMap((fanout) => readdirSync(join(repo, 'objects', fanout)).map((name) => `${fanout}/${name}`))
    .sort();
}

function copyOf(name: string): string {
  const path = join(base, name);
  rmSync(path, { recursive: true, force: true });
  cpSync(made, path, { recursive: true, preserveTimestamps: true });
  return path;
}

const has = (path: string, name: string) => {
  const checksum = names[name] as string;
  return existsSync(join(path, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.commit`));
};

/** All that lay behind the ref that is gone. */
const asked = () => ['old3', 'old2', 'old1'].map((name) => parseChecksum(names[name] as string));

async function retireAt(path: string, options: Partial<RetireOptions> = {}, fs = nodeFs) {
  const repo = openRepo(path, { fs });
  try {
    return await retireCommits(repo, { commits: asked(), ...options });
  } finally {
    repo.close();
  }
}

test('what nothing needs goes with all that only it holds, and nobody else loses anything', async () => {
  const path = copyOf('plain');
  const before = objectsOf(path).length;
  ostree('static-delta', 'generate', `--repo=${path}`, '--empty', `--to=${names.old3}`);
  ostree('static-delta', 'generate', `--repo=${path}`, '--empty', `--to=${names.stray}`);
  const result = await retireAt(path);
  expect(result).toMatchObject({ commits: [names.old3, names.old2], kept: 1 });
  expect(result.deltas).toHaveLength(1);
  expect(before - objectsOf(path).length).toBe(result.objects);
  expect(result.bytes).toBe(result.freedBytes);
  expect(['old3', 'old2', 'old1', 'later', 'main', 'stray'].map((name) => has(path, name))).toEqual([
    false,
    false,
    true,
    true,
    true,
    true,
  ]);
  for (const name of ['old1', 'later', 'main', 'stray']) {
    expect(ostree('ls', '-R', `--repo=${path}`, names[name] as string)).toContain('/usr/common');
  }
  ostree('fsck', `--repo=${path}`);
  expect(readdirSync(join(path, 'state'))).toEqual([]);
  // Once more: there is nothing left to do.
  expect(await retireAt(path)).toMatchObject({ commits: [], objects: 0, bytes: 0n });
});

test.each([
  ['a root', (path: string) => ({ path, options: { roots: [parseChecksum(names.old3 as string)] } })],
  [
    'the served summary',
    (path: string) => {
      ostree('refs', `--repo=${path}`, '--create=os/old', names.old3 as string);
      ostree('summary', `--repo=${path}`, '-u');
      ostree('refs', `--repo=${path}`, '--delete', 'os/old');
      return { path, options: {} };
    },
  ],
  [
    'a ref of a mirror',
    (path: string) => {
      mkdirSync(join(path, 'refs/mirrors/org.example.Os'), { recursive: true });
      writeFileSync(join(path, 'refs/mirrors/org.example.Os/old'), `${names.old3}\n`);
      return { path, options: {} };
    },
  ],
])('%s keeps a commit and what is behind it', async (_, prepare) => {
  const { path, options } = prepare(copyOf('needed'));
  const before = objectsOf(path);
  expect(await retireAt(path, options)).toMatchObject({ commits: [], kept: 3, objects: 0 });
  expect(objectsOf(path)).toEqual(before);
});

test('a tombstone is left where the repository keeps them; who says no before it begins changes nothing', async () => {
  const path = copyOf('tombstones');
  ostree('config', `--repo=${path}`, 'set', 'core.tombstone-commits', 'true');
  const before = objectsOf(path);
  const refuse = async () => {
    throw new Error('no');
  };
  await expect(retireAt(path, { onBegin: refuse })).rejects.toThrow('no');
  expect(objectsOf(path)).toEqual(before);
  await retireAt(path);
  expect(objectsOf(path).filter((name) => name.endsWith('.tombstone-commit'))).toHaveLength(2);
});

test('what another commit needs can’t be known where that is damaged: nothing goes', async () => {
  const path = copyOf('damaged');
  const root = /d[0-7]{5} \S+ \S+ +\S+ ([0-9a-f]{64}) /.exec(
    ostree('ls', '-C', `--repo=${path}`, names.stray as string, '/usr'),
  )?.[1] as string;
  rmSync(join(path, 'objects', root.slice(0, 2), `${root.slice(2)}.dirtree`));
  const before = objectsOf(path);
  await expect(retireAt(path)).rejects.toMatchObject({ code: 'ostree/object-missing' });
  expect(objectsOf(path)).toEqual(before);
});

test('a count that takes too long is given up', async () => {
  const repo = openRepo(made);
  const commits = new Set(
    [...walkHistory(repo, parseChecksum(names.old3 as string))].map((each) => each.checksum),
  );
  expect(await findOwnObjects(repo, commits, new Breather(undefined), -1)).toBeNull();
  repo.close();
});

test('killed at any call it leaves a repository that is in order, and the next time finds the rest', async () => {
  const clean = copyOf('clean');
  await retireAt(clean);
  for (let nth = 1; ; nth++) {
    const path = copyOf('killed');
    let calls = 0;
    const dying = new Proxy(nodeFs, {
      get: (port, name) => {
        const call = Reflect.get(port, name) as (...args: unknown[]) => unknown;
        return (...args: unknown[]) => {
          if (
            ['unlink', 'fsync', 'syncfs', 'rename', 'open'].includes(String(name)) &&
            isChange(name, args)
          ) {
            if (++calls >= nth) throw Object.assign(new Error('EIO: planted'), { code: 'EIO' });
          }
          return call(...args);
        };
      },
    });
    const isDone = await retireAt(path, {}, dying).then(
      () => true,
      () => false,
    );
    const after = openRepo(path);
    const { ok, problems } = await fsckRepo(after);
    after.close();
    expect(problems).toEqual([]);
    expect(ok).toBe(true);
    await retireAt(path);
    expect(objectsOf(path)).toEqual(objectsOf(clean));
    expect(readdirSync(join(path, 'state'))).toEqual([]);
    if (isDone) return;
  }
});

/** Opening counts where it makes a mark. */
function isChange(name: string | symbol, args: unknown[]): boolean {
  return name !== 'open' || String(args[0]).endsWith('.commitpartial');
}

test('a repository that is locked is left as it is, after the time that the caller gives it or when it is told to stop', async () => {
  const path = copyOf('locked');
  const repo = openRepo(path);
  const lock = tryLockRepo(repo, 'shared');
  const before = objectsOf(path);
  await expect(retireAt(path, { lockTimeoutSeconds: 0 })).rejects.toThrow(withCode('ostree/lock-timeout'));
  await expect(retireAt(path, { signal: AbortSignal.abort() })).rejects.toThrow(withCode('ostree/aborted'));
  expect(objectsOf(path)).toEqual(before);
  lock?.release();
  repo.close();
});

test('where a pull of ostree was interrupted, marks of commits that are not there stay for it', async () => {
  const path = copyOf('staging');
  const mark = join(path, 'state', `${'e'.repeat(64)}.commitpartial`);
  writeFileSync(mark, '');
  mkdirSync(join(path, 'tmp/staging-boot-x'));
  const commits = [...asked(), parseChecksum('e'.repeat(64))];
  expect((await retireAt(path, { commits })).commits).toEqual([names.old3, names.old2]);
  expect(readdirSync(join(path, 'state'))).toEqual([`${'e'.repeat(64)}.commitpartial`]);
  rmSync(join(path, 'tmp/staging-boot-x'), { recursive: true });
  await retireAt(path, { commits });
  expect(readdirSync(join(path, 'state'))).toEqual([]);
});

test('where the folder of marks cannot be made, nothing goes', async () => {
  const path = copyOf('markless');
  rmSync(join(path, 'state'), { recursive: true });
  const before = objectsOf(path);
  const fs = watchedFs(({ name }) => {
    if (name === 'mkdir') throw systemError('ENOSPC', 'mkdir');
  });
  await expect(retireAt(path, {}, fs)).rejects.toMatchObject({
    code: 'ostree/no-space',
    message: `deleting commits from ${path} failed: no space left: free some and try again`,
  });
  expect(objectsOf(path)).toEqual(before);
  // It is made where it can be.
  expect((await retireAt(path)).commits).toHaveLength(2);
});

/** Where a delta that has been moved away cannot be made to vanish durably; nor be put back, where an error is given for that. */
function deltaFs(puttingBack: Error | null) {
  let isAway = false;
  return watchedFs(({ name, args }) => {
    const isMoved = (at: number) => name === 'rename' && String(args[at]).includes('/deltas/');
    if (isAway && isMoved(1) && puttingBack !== null) throw puttingBack;
    if (isAway && name === 'fsync') throw systemError('EIO', 'fsync');
    if (isMoved(0)) isAway = true;
  });
}

test('a delta that cannot be made to vanish durably is put back, and its commit stays', async () => {
  const path = copyOf('delta');
  ostree('static-delta', 'generate', `--repo=${path}`, '--empty', `--to=${names.old3}`);
  const list = () => ostree('static-delta', 'list', `--repo=${path}`);
  const before = list();
  const away = () => readdirSync(join(path, 'tmp')).filter((name) => name.startsWith('treeline-'));
  const failed = {
    code: 'ostree/io-failed',
    message: `deleting commits from ${path} failed: fsync failed with EIO: check the disk`,
  };
  await expect(retireAt(path, {}, deltaFs(null))).rejects.toMatchObject(failed);
  expect(list()).toBe(before);
  expect(away()).toEqual([]);
  // Where it cannot go back either, it lies whole in `tmp/`, and the first failure is what is said.
  await expect(retireAt(path, {}, deltaFs(systemError('EIO', 'rename')))).rejects.toMatchObject(failed);
  expect(away()).toHaveLength(1);
  expect(has(path, 'old3')).toBe(true);
  await retireAt(path);
  expect(has(path, 'old3')).toBe(false);
});

test('a bug that comes up while a delta is put back is not passed over', async () => {
  const path = copyOf('delta-bug');
  ostree('static-delta', 'generate', `--repo=${path}`, '--empty', `--to=${names.old3}`);
  const bug = new InjectedCrash('a bug');
  await expect(retireAt(path, {}, deltaFs(bug))).rejects.toBe(bug);
});
