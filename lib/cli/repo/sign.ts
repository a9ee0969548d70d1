import type { Command } from 'commander';
import { AppError } from '../../errors';
import { mergeSignatures, readCommit, resolveRev } from '../../ostree';
import { addSecretKeyOptions, hasSecretKey, loadSigner, type SecretKeyOptions } from './key-options';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';
import { withWriteLocks } from './with-write-locks';

interface SignOptions extends SecretKeyOptions {
  repo: string;
}

/** `repo sign`: adds signatures to a commit; those that it has stay. */
export function addSignCommand(parent: Command): void {
  const command = parent.command('sign').description('add signatures to a commit');
  addSecretKeyOptions(addRepoOption(command))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .action((rev: string, options: SignOptions) => {
      if (!hasSecretKey(options)) {
        throw new AppError('usage', 'no key given; name one with --ed25519-secret-key-file or --gpg-key');
      }
      return withRepo(options.repo, async (repo) => {
        const sign = loadSigner(options);
        const commit = readCommit(repo, resolveRev(repo, rev));
        const made = await sign(commit.bytes);
        await withWriteLocks(repo, signalOfProcess(), () => mergeSignatures(repo, commit.checksum, made));
      });
    });
}
