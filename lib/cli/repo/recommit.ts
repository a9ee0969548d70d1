import type { Command } from 'commander';
import { recommitRef } from '../../ostree';
import { addMetadataOptions, type MetadataOptions, readMetadata } from './metadata-options';
import { printPull } from './pull-view';
import { addRepoOption, STRICT_CAS, signalOfProcess, withRepo } from './repo-option';

interface RecommitOptions extends MetadataOptions {
  repo: string;
  strictCas?: true;
  json?: true;
}

/** `repo recommit`: a new commit with a source commit's tree, for and bound to a ref of the target. */
export function addRecommitCommand(parent: Command): void {
  const command = parent
    .command('recommit')
    .description("put a commit's tree under another ref, as a new commit");
  addMetadataOptions(addRepoOption(command, 'the repository that is to have it'))
    .argument('<source>', 'the repository that has the tree')
    .argument('<fromref>', 'ref or checksum in the source')
    .argument('<toref>', 'ref of the target that moves to the new commit')
    .option('--strict-cas', STRICT_CAS)
    .option('--json', 'print one JSON document')
    .action((source: string, fromRef: string, toRef: string, options: RecommitOptions) =>
      withRepo(source, (sourceRepo) =>
        withRepo(options.repo, async (target) => {
          const result = await recommitRef(sourceRepo, target, {
            fromRef,
            toRef,
            timestamp: Math.floor(Date.now() / 1000),
            metadata: readMetadata(options),
            strictCas: options.strictCas === true,
            signal: signalOfProcess(),
          });
          printPull(result, options.json === true);
        }),
      ),
    );
}
