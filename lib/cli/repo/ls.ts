import type { Command } from 'commander';
import { listTree, octalMode, resolveRev, type TreeEntry } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, withRepo } from './repo-option';

interface LsOptions {
  repo: string;
  recursive?: true;
  json?: true;
}

/** `repo ls`: the files of a commit, from SUBPATH down. */
export function addLsCommand(parent: Command): void {
  addRepoOption(parent.command('ls').description('list the files of a commit'))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .argument('[subpath]', 'file or directory in the commit', '/')
    .option('-R, --recursive', 'list directories with everything below them')
    .option('--json', 'print one JSON document')
    .action((rev: string, subpath: string, options: LsOptions) =>
      withRepo(options.repo, (repo) => {
        const commit = resolveRev(repo, rev);
        const entries = listTree(repo, commit, { path: subpath, isRecursive: options.recursive === true });
        if (options.json) printJson(entries.map(toEntryJson));
        else printLines(entries.map(describeEntry));
      }),
    );
}

function toEntryJson(entry: TreeEntry) {
  return {
    path: entry.path,
    type: entry.type,
    mode: octalMode(entry.mode),
    uid: entry.uid,
    gid: entry.gid,
    size: entry.type === 'file' ? entry.sizeBytes.toString() : '0',
    checksum: entry.checksum,
    dirmetaChecksum: entry.dirmetaChecksum,
    target: entry.target,
    xattrs: entry.xattrs.map(({ name, value }) => [base64(name), base64(value)]),
  };
}

const KINDS = { file: '-', directory: 'd', symlink: 'l' } as const;

/** A line of `ostree ls`. */
function describeEntry(entry: TreeEntry): string {
  const mode = (entry.mode & 0o7777).toString(8).padStart(5, '0');
  const size = String(entry.sizeBytes).padStart(6);
  const target = entry.target === null ? '' : ` -> ${entry.target}`;
  return `${KINDS[entry.type]}${mode} ${entry.uid} ${entry.gid} ${size} ${entry.path}${target}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
