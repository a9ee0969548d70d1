import type { Command } from 'commander';
import { pullRevs } from '../../ostree';
import { parseWhole } from '../parse-option';
import { printPull } from './pull-view';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';

interface PullOptions {
  repo: string;
  depth: number;
  /** commander: false where --no-verify-objects is given. */
  verifyObjects: boolean;
  full?: true;
  json?: true;
}

/** `repo pull`: brings commits from another repository on this machine, by hard link, and moves refs to them. */
export function addPullCommand(parent: Command): void {
  const command = parent.command('pull').description('bring commits from another repository by hard link');
  addRepoOption(command, 'the repository that is to have them')
    .argument('<source>', 'the repository that has them')
    .argument('<refs...>', 'refs, which move in the target too, or checksums of commits')
    .option('--depth <n>', 'bring so many commits before each; -1 brings all', parseWhole(-1), 0)
    .option('--no-verify-objects', 'do not hash what is brought')
    .option('--full', 'look at everything, whatever the target has')
    .option('--json', 'print one JSON document')
    .action((source: string, names: string[], options: PullOptions) =>
      withRepo(source, (sourceRepo) =>
        withRepo(options.repo, async (target) => {
          const result = await pullRevs(sourceRepo, target, [...new Set(names)], {
            depth: options.depth,
            verifyObjects: options.verifyObjects,
            isFull: options.full === true,
            signal: signalOfProcess(),
          });
          printPull(result, options.json === true);
        }),
      ),
    );
}
