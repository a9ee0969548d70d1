import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Variant } from '../../gvariant';
import { runOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { objectPath } from '../format/object-path';
import { parseObjectSizes } from '../format/object-sizes';
import { nodeFs } from '../fs-port';
import { countSizes } from '../repo/count-sizes';
import { openRepo } from '../repo/open-repo';
import { readCommit } from '../repo/read-commit';
import { type CommitOptions, commitDirectory, commitTree } from './commit-tree';
import { directoryNode, fileNode, symlinkNode, type TreeNode } from './tree-node';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const base = mkdtempSync(join(tmpdir(), 'treeline-commit-'));
const tree = join(base, 'tree');
const timestamp = Date.parse('2026-03-01T12:00:00Z') / 1000;
afterAll(() => rmSync(base, { recursive: true, force: true }));

function ostree(...args: string[]): string {
  return runOstree(...args).trim();
}

let made = 0;
function makeRepo(...init: string[]): string {
  const path = join(base, `repo-${made++}`);
  ostree('init', `--repo=${path}`, '--mode=archive', ...init);
  return path;
}

async function commitWith(
  path: string,
  options: Partial<CommitOptions & { tree: string }> = {},
): Promise<Checksum> {
  const repo = openRepo(path);
  try {
    return await commitDirectory(repo, { tree, ref: 'os/main', parent: null, timestamp, ...options });
  } finally {
    repo.close();
  }
}

function ostreeCommit(path: string, ...more: string[]): string {
  const time = '--timestamp=2026-03-01 12:00:00 +0000';
  return ostree('commit', `--repo=${path}`, '--branch=os/main', `--tree=dir=${tree}`, time, ...more);
}

beforeAll(() => {
  for (const folder of ['usr/bin', 'etc/empty', 'var/ünï cødé', 'deep/a/b/c/d/e']) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  writeFileSync(join(tree, 'etc/empty-file'), '');
  writeFileSync(join(tree, 'usr/bin/sudo'), '#!/bin/sh\n');
  chmodSync(join(tree, 'usr/bin/sudo'), 0o4755);
  chmodSync(join(tree, 'var'), 0o1777);
  writeFileSync(join(tree, 'usr/large'), Buffer.alloc(9_000_001, 'not very random'));
  writeFileSync(join(tree, 'var/ünï cødé/a name, with ☃ and\ttab'), 'content');
  writeFileSync(join(tree, `usr/${'n'.repeat(255)}`), 'a long name');
  symlinkSync('../usr/bin', join(tree, 'etc/link'));
  symlinkSync('nowhere/at all', join(tree, 'dangling'));
  writeFileSync(join(tree, 'owned'), 'by somebody');
  if (process.getuid?.() === 0) lchownSync(join(tree, 'owned'), 1234, 5678);
  nodeFs.setPathXattr(join(tree, 'owned'), 'user.b', Buffer.from('2'));
  nodeFs.setPathXattr(join(tree, 'owned'), 'user.a', Buffer.from([0, 255]));
  writeFileSync(join(tree, 'deep/a/b/c/d/e/leaf'), 'leaf');
});

test('a directory gets the checksum that ostree commit gives it', async () => {
  const [ours, theirs] = [makeRepo(), makeRepo()];
  const checksum = await commitWith(ours, { subject: 'A subject', body: 'A body\n\nof two paragraphs\n' });
  expect(checksum).toBe(ostreeCommit(theirs, '--subject=A subject', '--body=A body\n\nof two paragraphs\n'));
  expect(ostree('rev-parse', `--repo=${ours}`, 'os/main')).toBe(checksum);
  ostree('fsck', `--repo=${ours}`);
  expect(readdirSync(join(ours, 'tmp')).filter((name) => name !== 'cache')).toEqual([]);
});

test('with a parent and a collection ID as well', async () => {
  const [ours, theirs] = ['a', 'b'].map(() => makeRepo('--collection-id=org.example.os')) as [string, string];
  const parent = await commitWith(ours);
  expect(ostreeCommit(theirs)).toBe(parent);
  expect(await commitWith(ours, { parent, subject: 'second' })).toBe(
    ostreeCommit(theirs, '--subject=second'),
  );
});

test('bound to more refs than its own', async () => {
  const [ours, theirs] = [makeRepo(), makeRepo()];
  expect(await commitWith(ours, { boundRefs: ['os/next', 'a/first'] })).toBe(
    ostreeCommit(theirs, '--bind-ref=os/next', '--bind-ref=a/first'),
  );
});

test('metadata stands in the order in which ostree writes it, whatever its number', async () => {
  const keys = Array.from({ length: 24 }, (_, at) => `org.example.key-${at * 7919}`);
  const [ours, theirs] = [makeRepo(), makeRepo()];
  for (const count of [1, 2, 3, 5, 8, 9, 24]) {
    const metadata = new Map([
      ['version', String(count)],
      ...keys.slice(0, count).map((key) => [key, key] as const),
    ]);
    const flags = [...metadata].map(([key, value]) => `--add-metadata-string=${key}=${value}`);
    expect(await commitWith(ours, { metadata }), `${count} keys`).toBe(
      ostreeCommit(theirs, '--parent=none', ...flags),
    );
  }
});

test('sizes are those of ostree, for every object once', async () => {
  const [ours, theirs] = [makeRepo(), makeRepo()];
  // Which bytes deflate gives is up to who deflates: here the objects are ostree's own, and only their sizes are told.
  for (const path of [ours, theirs]) ostreeCommit(path, '--subject=without sizes');
  const metadata = new Map([['version', '1']]);
  const checksum = await commitWith(ours, { metadata, generateSizes: true });
  const flags = ['--parent=none', '--generate-sizes', '--add-metadata-string=version=1'];
  expect(checksum).toBe(ostreeCommit(theirs, ...flags));
});

test('sizes of new objects are those of their files', async () => {
  const path = makeRepo();
  const checksum = await commitWith(path, { generateSizes: true });
  const shown = ostree('show', `--repo=${path}`, '--print-sizes', checksum);
  const repo = openRepo(path);
  const sizes = parseObjectSizes(readCommit(repo, checksum).metadata) ?? [];
  for (const { checksum: name, type, archivedBytes } of sizes) {
    expect(archivedBytes).toBe(BigInt(statSync(join(path, objectPath(name, type, 'archive'))).size));
  }
  const { total, needed } = countSizes(repo, sizes);
  repo.close();
  expect(shown).toContain(`Number of objects (needed/total): 0/${total.objects}`);
  expect(needed).toEqual({ objects: 0, archivedBytes: 0n, unpackedBytes: 0n });
});

test('a collection that is named wins over that of the repository', async () => {
  const [ours, theirs] = ['a', 'b'].map(() => makeRepo('--collection-id=org.example.os')) as [string, string];
  const key = 'ostree.collection-binding';
  expect(await commitWith(ours, { metadata: new Map([[key, 'org.example.other']]) })).toBe(
    ostreeCommit(theirs, `--add-metadata-string=${key}=org.example.other`),
  );
});

test('a commit that comes back takes its tombstone away', async () => {
  const path = makeRepo();
  const checksum = await commitWith(path);
  const tombstone = join(path, objectPath(checksum, 'tombstone-commit', 'archive'));
  ostree('refs', `--repo=${path}`, '--delete', 'os/main');
  ostree('prune', `--repo=${path}`, `--delete-commit=${checksum}`);
  expect(existsSync(tombstone)).toBe(true);
  expect(await commitWith(path)).toBe(checksum);
  expect(existsSync(tombstone)).toBe(false);
});

test('a tree in memory is the same as one on disk', async () => {
  const path = makeRepo();
  const repo = openRepo(path);
  const root = directoryNode([
    [
      'usr',
      directoryNode([
        ['bin', directoryNode([['sh', fileNode('shell', 0o755)]])],
        ['lib', symlinkNode('bin')],
      ]),
    ],
    ['etc', directoryNode([['hostname', fileNode(Buffer.from('os\n'))]], 0o700)],
  ]);
  const checksum = await commitTree(repo, { root, ref: 'os/main', parent: null, timestamp });
  repo.close();
  expect(ostree('ls', '-R', `--repo=${path}`, checksum).split('\n')).toEqual([
    'd00755 0 0      0 /',
    'd00700 0 0      0 /etc',
    '-00644 0 0      3 /etc/hostname',
    'd00755 0 0      0 /usr',
    'l00777 0 0      0 /usr/lib -> bin',
    'd00755 0 0      0 /usr/bin',
    '-00755 0 0      5 /usr/bin/sh',
  ]);
  ostree('fsck', `--repo=${path}`);
});

test.each([
  ['a ref that is none', { ref: '../evil' }, 'ostree/ref-invalid'],
  ['a folder that is not there', { tree: '/nonexistent' }, 'ostree/path-not-found'],
])('%s is refused and nothing is left behind', async (_name, options, code) => {
  const path = makeRepo();
  const repo = openRepo(path);
  const commit = commitDirectory(repo, { tree, ref: 'os/main', parent: null, timestamp, ...options });
  await expect(commit).rejects.toMatchObject({ code });
  repo.close();
  expect(readdirSync(join(path, 'objects'))).toEqual([]);
  expect(ostree('refs', `--repo=${path}`)).toBe('');
});

test('a damaged object under the name of a new one is refused by name', async () => {
  const path = makeRepo();
  await commitWith(path);
  const checksum = /-00644 \S+ \S+ +\S+ ([0-9a-f]{64})/.exec(
    ostree('ls', '-C', `--repo=${path}`, 'os/main', '/etc/empty-file'),
  )?.[1] as string;
  const object = join(path, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.filez`);
  writeFileSync(object, 'damage');
  await expect(commitWith(path, { subject: 'again' })).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(checksum),
  });
});

test('metadata of any type is that of ostree', async () => {
  const [ours, theirs] = [makeRepo(), makeRepo()];
  const metadata = new Map<string, string | Variant>([
    ['version', '1'],
    ['org.example.build', { type: 'u', value: 7 }],
  ]);
  const flags = ['--add-metadata-string=version=1', '--add-metadata=org.example.build=uint32 7'];
  expect(await commitWith(ours, { metadata })).toBe(ostreeCommit(theirs, ...flags));
});

test('a repository that keeps no extended attributes gets the commit that ostree makes there', async () => {
  const [ours, theirs] = [makeRepo(), makeRepo()];
  for (const path of [ours, theirs]) appendFileSync(join(path, 'config'), 'disable-xattrs=true\n');
  expect(await commitWith(ours)).toBe(ostreeCommit(theirs));
});

/** `depth` folders in one another. */
function nested(depth: number): TreeNode {
  let node = directoryNode([]);
  for (let level = 0; level < depth; level++) node = directoryNode([['d', node]]);
  return node;
}

test.each([
  ['a file', fileNode('no folder'), 'only a directory can be committed'],
  ['a symlink', symlinkNode('no-folder'), 'only a directory can be committed'],
  ['a tree that is deeper than any reader goes', nested(limits.treeDepthMax + 1), 'nested too deep'],
])('%s is not committed', async (_what, root, why) => {
  const path = makeRepo();
  const repo = openRepo(path);
  const commit = commitTree(repo, { root, ref: 'os/main', parent: null, timestamp });
  await expect(commit).rejects.toMatchObject({
    code: 'ostree/path-invalid',
    message: expect.stringContaining(why),
  });
  repo.close();
  expect(readdirSync(join(path, 'objects'))).toEqual([]);
  expect(readdirSync(join(path, 'tmp')).filter((name) => name !== 'cache')).toEqual([]);
});

test('a fifo in a tree is refused by name', async () => {
  const path = makeRepo();
  const odd = join(base, 'odd');
  mkdirSync(odd);
  execFileSync('mkfifo', [join(odd, 'fifo')]);
  await expect(commitWith(path, { tree: odd })).rejects.toMatchObject({
    code: 'ostree/path-invalid',
    message: `${join(odd, 'fifo')} is neither a file, a directory nor a symlink`,
  });
  expect(readdirSync(join(path, 'objects'))).toEqual([]);
});

test('a commit that is told to stop leaves no ref and nothing temporary', async () => {
  const path = makeRepo();
  const repo = openRepo(path);
  // As many as it takes at a stretch, of one content.
  const root = directoryNode(Array.from({ length: 500 }, (_, nth) => [String(nth), fileNode('the same')]));
  const stopped = { ref: 'os/main', parent: null, timestamp, root, signal: AbortSignal.abort() };
  await expect(commitTree(repo, stopped)).rejects.toMatchObject({ code: 'ostree/aborted' });
  repo.close();
  expect(readdirSync(join(path, 'objects'))).toEqual([]);
  expect(readdirSync(join(path, 'tmp')).filter((name) => name !== 'cache')).toEqual([]);
  expect(ostree('refs', `--repo=${path}`)).toBe('');
});
