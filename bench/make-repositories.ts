import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const REF = 'os/amd64/stable';

export interface BenchSizes {
  /** Files in the tree. */
  files: number;
  /** Files that each further commit changes. */
  changes: number;
  /** Commits after the first. */
  commits: number;
}

export interface BenchSource {
  path: string;
  /** Oldest first. */
  checksums: string[];
  directories: number;
  /** The directory that the last commit was made of. */
  tree: string;
  /** Moves the ref as a build would, and nothing else. */
  setHead(checksum: string): void;
}

const FILES_PER_DIRECTORY = 13;
const DIRECTORIES_PER_PARENT = 11;

/** Runs Debian's `ostree`; returns what it printed, without the last newline. */
export function ostree(...args: string[]): string {
  return execFileSync('ostree', args, { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd();
}

/**
 * An archive repository made by `ostree commit`, so that neither side is measured on its own product:
 * one commit of `files` small files, then commits that change `changes` of them each.
 */
export function makeSource(folder: string, sizes: BenchSizes): BenchSource {
  const tree = join(folder, 'tree');
  const path = join(folder, 'dev');
  const directories = Math.ceil(sizes.files / FILES_PER_DIRECTORY);
  for (let index = 0; index < directories; index++) {
    mkdirSync(join(tree, directoryOf(index)), { recursive: true });
  }
  for (let index = 0; index < sizes.files; index++) {
    writeFileSync(join(tree, fileOf(index)), contentOf(index, 0));
  }
  ostree('init', `--repo=${path}`, '--mode=archive');
  const checksums = [commit(path, tree, 0)];
  for (let version = 1; version <= sizes.commits; version++) {
    const step = Math.floor(sizes.files / sizes.changes);
    for (let change = 0; change < sizes.changes; change++) {
      const index = (change * step + version) % sizes.files;
      writeFileSync(join(tree, fileOf(index)), contentOf(index, version));
    }
    checksums.push(commit(path, tree, version));
  }
  const setHead = (checksum: string) => {
    writeFileSync(join(path, 'refs/heads', REF), `${checksum}\n`);
    // `ostree pull-local` would believe an old one.
    rmSync(join(path, 'summary'), { force: true });
  };
  return { path, checksums, directories, tree, setHead };
}

function commit(repo: string, tree: string, version: number): string {
  return ostree(
    'commit',
    `--repo=${repo}`,
    `--branch=${REF}`,
    `--tree=dir=${tree}`,
    `--subject=Release ${version}`,
    `--add-metadata-string=version=1.${version}`,
    '--owner-uid=0',
    '--owner-gid=0',
    '--no-xattrs',
    '--canonical-permissions',
  );
}

function directoryOf(index: number): string {
  const parent = Math.floor(index / DIRECTORIES_PER_PARENT);
  return join('usr', `part${parent % 71}`, `group${parent}`, `directory${index}`);
}

function fileOf(index: number): string {
  return join(directoryOf(Math.floor(index / FILES_PER_DIRECTORY)), `file${index}.conf`);
}

/** A few hundred bytes that differ from file to file and from version to version. */
function contentOf(index: number, version: number): string {
  return `# file ${index}, version ${version}\n${`setting_${index} = ${(index * 2_654_435_761 + version) % 4_294_967_296}\n`.repeat(8 + (index % 13))}`;
}
