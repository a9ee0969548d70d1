import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { type Checksum, parseChecksum } from '../format/checksum';
import { parseObjectFileName, type RepoMode } from '../format/object-path';
import type { FsPort } from '../fs-port';
import { openRepo, type Repo } from '../repo/open-repo';
import { verifyObject } from '../repo/verify-object';

/** For tests: a folder with a source and a target that the real `ostree` made, and a tree to commit. */
export class PullFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'pull-'));
  readonly sourcePath = join(this.folder, 'source');
  readonly targetPath = join(this.folder, 'target');
  readonly tree = join(this.folder, 'tree');
  readonly #open: Repo[] = [];

  constructor(mode: RepoMode = 'archive') {
    for (const path of [this.sourcePath, this.targetPath]) this.init(path, mode);
    mkdirSync(join(this.tree, 'usr/bin'), { recursive: true });
    mkdirSync(join(this.tree, 'usr/share/empty'), { recursive: true });
    mkdirSync(join(this.tree, 'etc'));
    this.write('usr/bin/tool', 'a tool\n'.repeat(500));
    chmodSync(join(this.tree, 'usr/bin/tool'), 0o755);
    this.write('usr/share/data', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
    this.write('usr/share/nothing', '');
    this.write('etc/config', 'version=1\n');
    symlinkSync('../usr/bin/tool', join(this.tree, 'etc/tool'));
  }

  init(path: string, mode: RepoMode = 'archive'): void {
    ostree('init', `--mode=${mode}`, `--repo=${path}`);
  }

  write(path: string, content: string | Uint8Array): void {
    writeFileSync(join(this.tree, path), content);
  }

  /** Commits the tree to the source with the real tool. */
  commit(ref = 'os/main', ...args: string[]): Checksum {
    return parseChecksum(ostree('commit', `--repo=${this.sourcePath}`, '-b', ref, ...args, this.tree).trim());
  }

  openSource(fs?: FsPort): Repo {
    return this.#opened(openRepo(this.sourcePath, { fs }));
  }

  openTarget(fs?: FsPort): Repo {
    return this.#opened(openRepo(this.targetPath, { fs }));
  }

  #opened(repo: Repo): Repo {
    this.#open.push(repo);
    return repo;
  }

  remove(): void {
    for (const repo of this.#open) repo.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function ostree(...args: string[]): string {
  return execFileSync('ostree', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Throws unless `ostree fsck` finds the whole repository clean. */
export function fsckClean(path: string): void {
  ostree('fsck', '--quiet', `--repo=${path}`);
}

export function objectFile(repoPath: string, checksum: string, extension: string): string {
  return join(repoPath, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.${extension}`);
}

/** Every file below `path`, relative to it, sorted. */
export function listFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * What "the target is as it was" is about: refs, summary, signatures, marks, and that nothing temporary is left. Complete
 * objects that nothing refers to may have come; each is checked.
 */
export function visibleState(path: string): Record<string, string> {
  const state: Record<string, string> = {};
  const repo = openRepo(path);
  for (const file of listFiles(path)) {
    const match = /^objects\/(..)\/(.*)$/.exec(file);
    if (match === null) {
      if (!/^\.(?:treeline\.)?lock$/.test(file)) state[file] = readFileSync(join(path, file), 'latin1');
      continue;
    }
    const object = parseObjectFileName(match[1] as string, match[2] as string, repo.mode);
    if (object?.type === 'commitmeta') state[file] = readFileSync(join(path, file), 'latin1');
    else if (object !== null && object.type !== 'tombstone-commit')
      verifyObject(repo, object.checksum, object.type);
  }
  repo.close();
  return state;
}

/** Inode of a file, to tell a link from a copy. */
export function inodeOf(path: string): number {
  return statSync(path).ino;
}

/**
 * For tests with several processes: a program that Node runs as it is.
 * @param code TypeScript whose imports are relative to `lib/ostree`
 * @returns the path of the program, in `folder`
 */
export function bundleScript(folder: string, code: string): string {
  const root = join(import.meta.dirname, '../../..');
  const program = join(folder, 'program.mjs');
  buildSync({
    stdin: { contents: code, resolveDir: join(import.meta.dirname, '..'), loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  // Packages are found from the folder that the program lies in.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return program;
}
