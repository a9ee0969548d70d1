import type { Command } from 'commander';
import { listRefs } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, withRepo } from './repo-option';

/** `repo refs`: the refs of refs/heads, in the order of their bytes. */
export function addRefsCommand(parent: Command): void {
  addRepoOption(parent.command('refs').description('list refs'))
    .option('--json', 'print one JSON document')
    .action((options: { repo: string; json?: true }) =>
      withRepo(options.repo, (repo) => {
        const refs = listRefs(repo);
        if (options.json) printJson(refs.map(({ ref, checksum }) => ({ ref, checksum })));
        else printLines(refs.map(({ ref }) => ref));
      }),
    );
}
