import type { Command } from 'commander';
import { AppError } from '../../errors';
import { fsckRepo } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';

interface FsckOptions {
  repo: string;
  quick?: true;
  json?: true;
}

/** `repo fsck`: checks every commit with everything it needs. Exit code 1 where something is wrong. */
export function addFsckCommand(parent: Command): void {
  addRepoOption(parent.command('fsck').description('check that the repository is whole'))
    .option('--quick', 'check presence and structure only, without reading file contents')
    .option('--json', 'print one JSON document')
    .action((options: FsckOptions) =>
      withRepo(options.repo, async (repo) => {
        const result = await fsckRepo(repo, { isQuick: options.quick === true, signal: signalOfProcess() });
        if (options.json) printJson(result);
        else {
          printLines([
            ...result.problems.map(({ message }) => message),
            `${result.objects} objects checked, ${countOf(result.problems.length, 'problem')} found`,
          ]);
        }
        if (result.ok) return;
        const what = `${countOf(result.problems.length, 'problem')} in ${options.repo}`;
        throw new AppError('ostree/object-corrupt', `${what}: ${result.problems[0]?.message ?? ''}`);
      }),
    );
}

function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
