import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCommit, formatDiff, formatTreeEntry } from '../fixtures/ostree-text';
import { changeRandomTree, makeRandomTree } from '../fixtures/random-tree';
import { runOstree } from '../fixtures/run-ostree';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { parseCommit, serializeCommit } from '../format/commit';
import { parseDirmeta, serializeDirmeta } from '../format/dirmeta';
import { parseDirtree, serializeDirtree } from '../format/dirtree';
import {
  HEADER_PREFIX_BYTES,
  parseFilezHeader,
  parseHeaderPrefix,
  serializeFilezHeader,
} from '../format/file-header';
import type { RepoMode } from '../format/object-path';
import { diffCommits } from './diff-commits';
import { fsckRepo } from './fsck-repo';
import { listRefs } from './list-refs';
import { listTree, lookupPath } from './list-tree';
import { openRepo, type Repo } from './open-repo';
import { readFileContent, writeFileContentTo } from './read-file';
import { resolveRev } from './resolve-rev';
import { walkHistory } from './walk-history';

const RELEASES = 4;
const CASES: [mode: RepoMode, seed: number][] = [
  ['archive', 1],
  ['archive', 2],
  ['archive', 3],
  ['bare', 4],
  ['bare-user', 5],
  ['bare-user', 6],
  ['bare-user-only', 7],
];
const temporary = temporaryDirectory();

/** Repositories that `ostree` made of random trees, read by both. */
describe.each(CASES)('%s, seed %i', (mode, seed) => {
  const path = `${temporary}/${mode}-${seed}`;
  const tree = `${temporary}/tree-${mode}-${seed}`;
  const ostree = (command: string, ...args: string[]) => runOstree(command, `--repo=${path}`, ...args);
  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
  let repo: Repo;

  beforeAll(() => {
    runOstree(
      'init',
      `--repo=${path}`,
      `--mode=${mode}`,
      ...(seed === 2 ? ['--collection-id=org.example.Test'] : []),
    );
    const hasXattrs = mode !== 'bare-user-only';
    makeRandomTree(tree, seed, hasXattrs);
    for (let release = 0; release < RELEASES; release++) {
      const args = [
        '-b',
        'os/main',
        '-s',
        `Release ${release}`,
        `--tree=dir=${tree}`,
        `--timestamp=@${1_700_000_000 + release}`,
      ];
      if (release > 0)
        args.push(
          '-m',
          `first line\n\nand "more" of ${release}`,
          `--add-metadata-string=version=1.${release}`,
        );
      if (mode === 'bare-user-only') args.push('--canonical-permissions');
      ostree('commit', ...args);
      changeRandomTree(tree, seed * 100 + release, hasXattrs);
      if (release === 1) chmodSync(tree, 0o750);
    }
    ostree('refs', '--create=os/alias/stable', 'os/main^');
    repo = openRepo(path);
  }, 120_000);
  afterAll(() => {
    repo.close();
    rmSync(path, { recursive: true, force: true });
    rmSync(tree, { recursive: true, force: true });
  });

  it('has the same refs', () => {
    const names = linesOf(ostree('refs')).sort();
    expect(listRefs(repo).map(({ ref }) => ref)).toEqual(names);
    for (const { ref, checksum } of listRefs(repo)) expect(`${checksum}\n`).toBe(ostree('rev-parse', ref));
  });

  it('resolves the same revs', () => {
    const head = resolveRev(repo, 'os/main');
    for (const rev of [
      'os/main',
      'os/main^',
      'os/main^^',
      'os/alias/stable^',
      head,
      `${head}^`,
      head.slice(0, 12),
    ]) {
      expect(`${resolveRev(repo, rev)}\n`).toBe(ostree('rev-parse', rev));
    }
    for (const rev of [
      'os/main^^^^',
      'os/nothing',
      'os',
      '0123456789abcdef',
      '../../config',
      'os/../os/main',
      'a b',
      '',
    ]) {
      expect(() => resolveRev(repo, rev)).toThrow(expect.objectContaining({ name: 'AppError' }));
      expect(() => ostree('rev-parse', rev)).toThrow();
    }
  });

  it('tells the same history', () => {
    const commits = [...walkHistory(repo, resolveRev(repo, 'os/main'))];
    expect(commits).toHaveLength(RELEASES);
    expect(commits.flatMap((commit) => formatCommit(commit))).toEqual(
      ostree('log', 'os/main').split('\n').slice(0, -1),
    );
  });

  it('lists the same trees', () => {
    for (const commit of walkHistory(repo, resolveRev(repo, 'os/main'))) {
      const listed = ostree('ls', '-R', '-C', '-X', commit.checksum).split('\n').slice(0, -1);
      expect(listTree(repo, commit, { isRecursive: true }).map(formatTreeEntry)).toEqual(listed);
    }
    for (const { path: below, type } of listTree(repo, resolveRev(repo, 'os/main'))) {
      const listed = ostree('ls', '-C', '-X', 'os/main', below).split('\n').slice(0, -1);
      const entries = listTree(repo, resolveRev(repo, 'os/main'), { path: below });
      expect(entries.map(formatTreeEntry)).toEqual(listed);
      if (type !== 'directory') expect(entries).toHaveLength(1);
    }
  });

  it('finds the same differences', async () => {
    const commits = [...walkHistory(repo, resolveRev(repo, 'os/main'))].map(({ checksum }) => checksum);
    for (const from of commits) {
      for (const to of commits) {
        const ours = formatDiff(await diffCommits(repo, from, repo, to));
        expect(ours).toEqual(linesOf(ostree('diff', from, to)).sort());
      }
    }
  });

  it('would write every object as ostree wrote it', () => {
    const writers: [pattern: RegExp, rewrite: (bytes: Uint8Array) => Uint8Array][] = [
      [/\.commit$/, (bytes) => serializeCommit(parseCommit(bytes))],
      [/\.dirtree$/, (bytes) => serializeDirtree(parseDirtree(bytes))],
      [/\.dirmeta$/, (bytes) => serializeDirmeta(parseDirmeta(bytes))],
      [/\.filez$/, (bytes) => serializeFilezHeader(parseFilezHeader(bytes.subarray(HEADER_PREFIX_BYTES)))],
    ];
    for (const [pattern, rewrite] of writers) {
      const objects = objectsOf(path, pattern);
      if (pattern.source !== '\\.filez$' || mode === 'archive') expect(objects.length).toBeGreaterThan(0);
      for (const object of objects) {
        const bytes = readFileSync(object);
        const header = pattern.source === '\\.filez$' ? headerOf(bytes) : bytes;
        expect(Buffer.from(rewrite(header)).equals(header)).toBe(true);
      }
    }
  });

  it('gives the same content', async () => {
    const commit = resolveRev(repo, 'os/main');
    const files = listTree(repo, commit, { isRecursive: true }).filter(({ type }) => type === 'file');
    expect(files.length).toBeGreaterThan(3);
    for (const { path: file, checksum, sizeBytes } of files.slice(0, 12)) {
      const content = readFileContent(repo, checksum, { maxBytes: 1_000_000 });
      expect(BigInt(content.length)).toBe(sizeBytes);
      expect(Buffer.from(content).toString('utf8')).toBe(ostree('cat', 'os/main', file));
    }
    const largest = files.reduce((a, b) => (a.sizeBytes > b.sizeBytes ? a : b));
    const sink = `${temporary}/sink`;
    const fd = repo.fs.open(sink, 0o1101, 0o600);
    await writeFileContentTo(repo, lookupPath(repo, commit, largest.path).checksum, fd);
    repo.fs.close(fd);
    const content = readFileContent(repo, largest.checksum, { maxBytes: 1_000_000 });
    expect(new Uint8Array(readFileSync(sink))).toEqual(content);
  });

  it('is whole to both', async () => {
    const seen: number[] = [];
    const result = await fsckRepo(repo, { onProgress: ({ done }) => seen.push(done) });
    expect(result).toEqual({ ok: true, objects: countObjects(path), problems: [] });
    expect(seen.at(-1)).toBe(result.objects);
    expect((await fsckRepo(repo, { isQuick: true })).ok).toBe(true);
    expect(() => ostree('fsck')).not.toThrow();
  });

  it('is broken to both when a content object is changed', async () => {
    const file = objectsOf(path, /\.filez?$/).find(
      (name) => existsSync(name) && readFileSync(name).length > 30,
    ) as string;
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[changed.length - 5] = (changed.at(-5) as number) ^ 0x20;
    // The test may write to what its owner may not; the mode is part of a bare object.
    const { mode: permissions } = statSync(file);
    chmodSync(file, 0o644);
    writeFileSync(file, changed);
    chmodSync(file, permissions);
    const { ok, problems } = await fsckRepo(repo);
    expect(ok).toBe(false);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.code).toBe('ostree/object-corrupt');
    expect(file).toContain(problems[0]?.object?.slice(2, 64));
    expect(problems[0]?.path).toMatch(/^\//);
    expect(() => ostree('fsck')).toThrow();
    chmodSync(file, 0o644);
    writeFileSync(file, bytes);
    chmodSync(file, permissions);
    expect((await fsckRepo(repo)).ok).toBe(true);
  });

  it('is broken to both when an object is missing', async () => {
    const file = objectsOf(path, /\.dirtree$/)[0] as string;
    const bytes = readFileSync(file);
    unlinkSync(file);
    const { problems } = await fsckRepo(repo);
    expect(problems[0]).toMatchObject({ code: 'ostree/object-missing', commit: expect.any(String) });
    expect((await fsckRepo(repo, { isQuick: true })).ok).toBe(false);
    expect(() => ostree('fsck')).toThrow();
    writeFileSync(file, bytes);
  });
});

function objectsOf(path: string, pattern: RegExp): string[] {
  return readdirSync(`${path}/objects`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

/** The header of an archive file, prefix included. */
function headerOf(bytes: Buffer): Buffer {
  const length = parseHeaderPrefix(bytes, bytes.length - HEADER_PREFIX_BYTES);
  return bytes.subarray(0, HEADER_PREFIX_BYTES + length);
}

function countObjects(path: string): number {
  const entries = readdirSync(`${path}/objects`, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory() && !entry.name.endsWith('.commitmeta')).length;
}
