import type { Command } from 'commander';
import { prune } from '../../ostree';
import { printJson, printLines } from '../output';
import { parseIsoSeconds, parseWhole } from '../parse-option';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';

interface PruneOptions {
  repo: string;
  depth?: number;
  keepYoungerThan?: number;
  dryRun?: true;
  json?: true;
}

/** `repo prune`: removes what no ref leads to, under the exclusive lock. */
export function addPruneCommand(parent: Command): void {
  addRepoOption(parent.command('prune').description('remove objects that no ref leads to'))
    .option('--depth <n>', 'keep so many commits before each ref; -1 keeps all (the default)', parseWhole(-1))
    .option(
      '--keep-younger-than <iso>',
      'keep history as far as it is not older, whatever the depth',
      parseIsoSeconds,
    )
    .option('--dry-run', 'say what would go, remove nothing')
    .option('--json', 'print one JSON document')
    .action((options: PruneOptions) =>
      withRepo(options.repo, async (repo) => {
        const result = await prune(repo, {
          depth: options.depth ?? -1,
          keepYoungerThan: options.keepYoungerThan,
          isDryRun: options.dryRun === true,
          signal: signalOfProcess(),
        });
        const bytes = result.prunedBytes.toString();
        if (options.json) {
          printJson({
            isDryRun: options.dryRun === true,
            objects: result.objects,
            prunedObjects: result.prunedObjects,
            prunedCommits: result.prunedCommits,
            prunedDeltas: result.prunedDeltas,
            prunedBytes: bytes,
            freedBytes: result.freedBytes.toString(),
          });
          return;
        }
        const verb = options.dryRun ? 'Would remove' : 'Removed';
        printLines([
          ...result.prunedCommits.map((checksum) => `commit ${checksum}`),
          ...result.prunedDeltas.map((directory) => `static delta ${directory}`),
          `${verb} ${result.prunedObjects} of ${result.objects} objects, ${bytes} bytes (${result.freedBytes} linked nowhere else)`,
        ]);
      }),
    );
}
