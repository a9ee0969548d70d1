import type { Command } from 'commander';
import { AppError } from '../../errors';
import { lookupPath, resolveRev, writeFileContentTo } from '../../ostree';
import { addRepoOption, withRepo } from './repo-option';

/** `repo cat`: the content of one file of a commit, byte for byte. */
export function addCatCommand(parent: Command): void {
  addRepoOption(parent.command('cat').description('print the content of a file of a commit'))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .argument('<file>', 'file in the commit')
    .action((rev: string, file: string, options: { repo: string }) =>
      withRepo(options.repo, async (repo) => {
        const entry = lookupPath(repo, resolveRev(repo, rev), file);
        if (entry.type !== 'file') {
          const hint = entry.type === 'symlink' ? `a symbolic link to ${entry.target}` : 'a directory';
          throw new AppError('ostree/path-invalid', `${entry.path} is ${hint}; cat prints regular files`);
        }
        await writeFileContentTo(repo, entry.checksum, 1);
      }),
    );
}
