import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ostree } from '../fixtures/pull-fixture';
import { makeRandomTree } from '../fixtures/random-tree';
import { sha256 } from '../format/checksum';
import type { RepoMode } from '../format/object-path';
import { getPathXattr, listPathXattrs, setPathXattr } from '../native/xattrs';
import { fsckRepo } from '../repo/fsck-repo';
import { initRepo } from '../repo/init-repo';
import { openRepo } from '../repo/open-repo';
import { type CommitOptions, commitDirectory } from './commit-tree';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const MODES: readonly RepoMode[] = ['archive', 'bare', 'bare-user', 'bare-user-only'];
const base = mkdtempSync(join(tmpdir(), 'commit-modes-'));
const tree = join(base, 'tree');
const isRoot = process.getuid?.() === 0;
const timestamp = Date.parse('2026-03-01T12:00:00Z') / 1000;
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Everything whose inode differs from mode to mode: owners, setuid, sticky, no permission at all, attributes, links. */
beforeAll(() => {
  mkdirSync(join(tree, 'usr/bin'), { recursive: true });
  mkdirSync(join(tree, 'var/tmp'), { recursive: true });
  chmodSync(join(tree, 'var/tmp'), 0o1777);
  const file = (name: string, content: string | Buffer, mode: number) => {
    writeFileSync(join(tree, name), content);
    chmodSync(join(tree, name), mode);
  };
  file('usr/bin/sudo', '#!/bin/sh\n', 0o4755);
  file('usr/bin/wall', 'setgid and sticky', 0o3755);
  file('usr/empty', '', 0o644);
  file('usr/empty-for-all', '', 0o666);
  file('usr/for-all', 'writable', 0o666);
  file('usr/for-nobody', 'no permission at all', isRoot ? 0o000 : 0o400);
  file('usr/group', 'writable for the group', 0o664);
  file('usr/large', Buffer.alloc(9_000_001, 'not very random'), 0o755);
  file('usr/ünï cødé', 'a name', 0o600);
  symlinkSync('bin', join(tree, 'usr/sbin'));
  symlinkSync('../nowhere/at all', join(tree, 'dangling'));
  file('usr/attributes', 'with attributes', 0o644);
  setPathXattr(join(tree, 'usr/attributes'), 'user.b', Buffer.from([0, 255]));
  setPathXattr(join(tree, 'usr/attributes'), 'user.a', Buffer.from('1'));
  setPathXattr(join(tree, 'usr/attributes'), 'user.\xff', Buffer.from('a name of no text'));
  // ostree passes over attributes without a value.
  setPathXattr(join(tree, 'usr/attributes'), 'user.empty', Buffer.alloc(0));
  setPathXattr(join(tree, 'usr/bin'), 'user.directory', Buffer.from('d'));
  if (!isRoot) return;
  setPathXattr(join(tree, 'usr/sbin'), 'trusted.link', Buffer.from('of a symlink'));
  for (const name of ['usr/attributes', 'usr/sbin', 'usr/group', 'var'])
    lchownSync(join(tree, name), 1234, 567);
  lchownSync(join(tree, 'usr/bin/sudo'), 0, 567);
  chmodSync(join(tree, 'usr/bin/sudo'), 0o4755);
  // A change of owner takes it away.
  setPathXattr(join(tree, 'usr/attributes'), 'security.capability', CAPABILITY);
});

/** `cap_net_raw+ep`, as the kernel keeps it (struct vfs_cap_data, revision 2). */
const CAPABILITY = Buffer.from('0100000200200000000000000000000000000000', 'hex');

/** What the inode of each content object says. Times of an archive's files are those of the commit. */
function inodesOf(path: string, mode: RepoMode): Record<string, unknown> {
  const inodes: Record<string, unknown> = {};
  for (const fanout of readdirSync(join(path, 'objects'))) {
    for (const name of readdirSync(join(path, 'objects', fanout))) {
      if (!/\.filez?$/.test(name)) continue;
      const object = join(path, 'objects', fanout, name);
      const stat = lstatSync(object);
      const isLink = stat.isSymbolicLink();
      inodes[fanout + name] = {
        mode: stat.mode.toString(8),
        owner: `${stat.uid}:${stat.gid}`,
        // The bytes of an archive's files depend on who deflates; what they say is compared by the checksum.
        ...(mode === 'archive' ? {} : { size: stat.size }),
        ...(mode === 'archive' || isLink ? {} : { mtimeMs: stat.mtimeMs }),
        xattrs: Object.fromEntries(
          listPathXattrs(object)
            .sort()
            .map((key) => [key, Buffer.from(getPathXattr(object, key) ?? []).toString('hex')]),
        ),
        content: isLink ? readlinkSync(object) : mode === 'archive' ? null : sha256(readFileSync(object)),
      };
    }
  }
  return inodes;
}

async function commitBoth(
  mode: RepoMode,
  from: string,
  options: Partial<CommitOptions> = {},
  flags: string[] = [],
) {
  const folder = mkdtempSync(join(base, `${mode}-`));
  const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
  initRepo(ours, { mode });
  const repo = openRepo(ours);
  const checksum = await commitDirectory(repo, {
    tree: from,
    ref: 'os/main',
    parent: null,
    timestamp,
    ...options,
  });
  const { problems } = await fsckRepo(repo);
  repo.close();
  ostree('init', `--repo=${theirs}`, `--mode=${mode}`);
  const expected = ostree(
    ...['commit', `--repo=${theirs}`, '--branch=os/main', `--tree=dir=${from}`],
    ...['--timestamp=2026-03-01 12:00:00 +0000', ...flags],
  ).trim();
  return { ours, theirs, checksum, expected, problems };
}

test.each(MODES)('a directory committed into %s lies there as ostree commit puts it', async (mode) => {
  const { ours, theirs, checksum, expected, problems } = await commitBoth(mode, tree);
  expect(checksum).toBe(expected);
  expect(inodesOf(ours, mode)).toEqual(inodesOf(theirs, mode));
  expect(problems).toEqual([]);
  ostree('fsck', '--quiet', `--repo=${ours}`);
  expect(readdirSync(join(ours, 'tmp'))).toEqual(['cache']);
});

test.each(MODES)('a random tree into %s as well', async (mode) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const from = join(base, `random-${mode}`);
  makeRandomTree(from, seed, true);
  const { ours, theirs, checksum, expected, problems } = await commitBoth(mode, from);
  expect(checksum, `seed ${seed}`).toBe(expected);
  expect(inodesOf(ours, mode), `seed ${seed}`).toEqual(inodesOf(theirs, mode));
  expect(problems, `seed ${seed}`).toEqual([]);
});

test('canonical permissions where they are asked for', async () => {
  const { ours, theirs, checksum, expected } = await commitBoth('bare-user', tree, { isCanonical: true }, [
    '--canonical-permissions',
  ]);
  expect(checksum).toBe(expected);
  expect(inodesOf(ours, 'bare-user')).toEqual(inodesOf(theirs, 'bare-user'));
});

test('nothing temporary is left when content cannot be written', async () => {
  for (const mode of MODES) {
    const path = join(base, `full-${mode}`);
    initRepo(path, { mode });
    execFileSync('sh', ['-c', `printf 'min-free-space-size=900000TB\\n' >> ${path}/config`]);
    const repo = openRepo(path);
    await expect(
      commitDirectory(repo, { tree, ref: 'os/main', parent: null, timestamp }),
    ).rejects.toMatchObject({ code: 'ostree/no-space', message: expect.stringContaining(path) });
    repo.close();
    expect(readdirSync(join(path, 'tmp'))).toEqual(['cache']);
    expect(readdirSync(join(path, 'objects'))).toEqual([]);
  }
});
