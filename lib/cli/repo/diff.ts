import type { Command } from 'commander';
import { AppError } from '../../errors';
import { type Diff, type DiffRow, diffCommits, type Repo, resolveRev } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';

interface DiffOptions {
  repo: string;
  toRepo?: string;
  json?: true;
}

/** `repo diff`: what differs between two commits, which may lie in two repositories. */
export function addDiffCommand(parent: Command): void {
  addRepoOption(parent.command('diff').description('compare two commits'), 'the repository that has FROM')
    .argument('<from>', 'ref, checksum or unique beginning of one')
    .argument('<to>', 'ref, checksum or unique beginning of one')
    .option('--to-repo <path>', 'the repository that has TO, if it is another')
    .option('--json', 'print one JSON document')
    .action((from: string, to: string, options: DiffOptions) =>
      withRepo(options.repo, (fromRepo) =>
        options.toRepo === undefined
          ? runDiff(fromRepo, from, fromRepo, to, options)
          : withRepo(options.toRepo, (toRepo) => runDiff(fromRepo, from, toRepo, to, options)),
      ),
    );
}

async function runDiff(fromRepo: Repo, from: string, toRepo: Repo, to: string, options: DiffOptions) {
  const diff = await diffCommits(fromRepo, resolveRev(fromRepo, from), toRepo, resolveRev(toRepo, to), {
    // The lines say no more than paths.
    isBrief: options.json !== true,
    signal: signalOfProcess(),
  });
  if (diff.isTruncated)
    throw new AppError('ostree/object-too-large', `${from} and ${to} differ in too many paths to list`);
  if (options.json) printJson({ added: diff.added, removed: diff.removed, modified: diff.modified });
  else printLines(describeDiff(diff));
}

/** The lines of `ostree diff`: modified, then removed (a directory without what was below it), then added. */
function describeDiff(diff: Diff): string[] {
  return [
    ...diff.modified.map(({ path }) => `M    ${path}`),
    ...topmost(diff.removed).map(({ path }) => `D    ${path}`),
    ...diff.added.map(({ path }) => `A    ${path}`),
  ];
}

/** Rows that lie below no other; `rows` are sorted by the bytes of their paths. */
function topmost(rows: readonly DiffRow[]): DiffRow[] {
  const directories = new Set(rows.filter(({ kind }) => kind === 'directory').map(({ path }) => path));
  return rows.filter(({ path }) => !directories.has(path.slice(0, path.lastIndexOf('/'))));
}
