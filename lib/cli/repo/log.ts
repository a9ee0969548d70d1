import type { Command } from 'commander';
import { resolveRev, walkHistory } from '../../ostree';
import { printJson, printLines } from '../output';
import { parseWhole } from '../parse-option';
import { type CommitJson, describeCommit, toCommitJson } from './commit-view';
import { addRepoOption, withRepo } from './repo-option';

interface LogOptions {
  repo: string;
  max?: number;
  json?: true;
}

/** A call for each commit would cost more than reading it. */
const LINES_AT_ONCE = 1000;

/** `repo log`: a commit and what came before it, newest first, as far as the repository has it. */
export function addLogCommand(parent: Command): void {
  addRepoOption(parent.command('log').description('show the history of a commit, newest first'))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .option('--max <n>', 'stop after so many commits', parseWhole(1))
    .option('--json', 'print one JSON document')
    .action((rev: string, options: LogOptions) =>
      withRepo(options.repo, (repo) => {
        const rows: CommitJson[] = [];
        let lines: string[] = [];
        let left = options.max ?? Number.POSITIVE_INFINITY;
        for (const commit of walkHistory(repo, resolveRev(repo, rev))) {
          if (options.json) rows.push(toCommitJson(commit));
          else lines.push(...describeCommit(commit));
          if (lines.length >= LINES_AT_ONCE) {
            printLines(lines);
            lines = [];
          }
          if (--left === 0) break;
        }
        if (options.json) printJson(rows);
        else printLines(lines);
      }),
    );
}
