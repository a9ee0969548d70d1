import type { Command } from 'commander';
import { AppError } from '../../errors';
import { listAliases, listCollectionRefs, listRefNames, listRefs } from '../../ostree';
import { printJson, printLines } from '../output';
import { addRepoOption, withRepo } from './repo-option';

interface RefsOptions {
  repo: string;
  collections?: true;
  alias?: true;
  json?: true;
}

/** `repo refs`: the refs of the repository and of its remotes, in the order of their bytes. */
export function addRefsCommand(parent: Command): void {
  addRepoOption(parent.command('refs').description('list refs: its own, and those of remotes as REMOTE:REF'))
    .option('-c, --collections', 'list refs of collections instead, with the collection that each belongs to')
    .option('-A, --alias', 'list aliases instead, with the ref that each leads to')
    .option('--json', 'print one JSON document')
    .action((options: RefsOptions) => {
      if (options.collections && options.alias)
        throw new AppError('usage', '--collections and --alias exclude each other: give one of them');
      return withRepo(options.repo, (repo) => {
        if (options.collections) {
          const refs = listCollectionRefs(repo);
          if (options.json) printJson(refs);
          else printLines(refs.map(({ collectionId, ref }) => `(${collectionId}, ${ref})`));
        } else if (options.alias) {
          const aliases = listAliases(repo);
          if (options.json) printJson(aliases);
          else printLines(aliases.map(({ ref, target }) => `${ref} -> ${target}`));
        } else if (options.json) {
          const refs = listRefs(repo, { includeRemotes: true });
          printJson(refs.map(({ ref, checksum }) => ({ ref, checksum })));
        } else {
          printLines(listRefNames(repo, { includeRemotes: true }));
        }
      });
    });
}
