import type { Command } from 'commander';
import { AppError } from '../../errors';
import { fsckRepo } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';

interface FsckOptions {
  repo: string;
  quick?: true;
  verifyBindings?: true;
  verifyBackRefs?: true;
  json?: true;
}

/** `repo fsck`: checks every commit with everything it needs. Exit code 1 where something is wrong. */
export function addFsckCommand(parent: Command): void {
  addRepoOption(parent.command('fsck').description('check that the repository is whole'))
    .option('--quick', 'check presence and structure only: no content of files is read')
    .option('--verify-bindings', 'check that each ref leads to a commit that is bound to it')
    .option('--verify-back-refs', 'check too that each commit is where the refs that it is bound to lead')
    .option('--json', 'print one JSON document')
    .action((options: FsckOptions) =>
      withRepo(options.repo, async (repo) => {
        const result = await fsckRepo(repo, {
          isQuick: options.quick === true,
          // As with ostree, the second asks for the first.
          verifyBindings: options.verifyBindings === true || options.verifyBackRefs === true,
          verifyBackRefs: options.verifyBackRefs === true,
          signal: signalOfProcess(),
        });
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
