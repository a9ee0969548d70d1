import type { Command } from 'commander';
import { commitDirectory, lockRepo, resolveRef, resolveRev, sweepTemporaries } from '../../ostree';
import { printLines, printNotice } from '../output';
import { collect, parseIsoSeconds } from '../parse-option';
import { addMetadataOptions, type MetadataOptions, readMetadata } from './metadata-options';
import { addRepoOption, STRICT_CAS, signalOfProcess, withRepo } from './repo-option';

interface CommitOptions extends MetadataOptions {
  repo: string;
  ref: string;
  tree: string;
  subject?: string;
  body?: string;
  timestamp?: number;
  parent?: string;
  bindRef?: string[];
  canonicalPermissions?: true;
  generateSizes?: true;
  strictCas?: true;
}

/** `repo commit`: makes a commit of a directory, moves the ref to it and prints its checksum. */
export function addCommitCommand(parent: Command): void {
  addMetadataOptions(addRepoOption(parent.command('commit').description('commit a directory')))
    .requiredOption('--ref <ref>', 'the ref that moves to the new commit')
    .requiredOption('--tree <dir>', 'the directory to commit')
    .option('--subject <text>', 'one line')
    .option('--body <text>', 'the rest of the message')
    .option('--timestamp <iso>', 'time of the commit (default: now)', parseIsoSeconds)
    .option('--parent <rev>', 'the commit before it, or none (default: where the ref is)')
    .option(
      '--bind-ref <ref>',
      'bind it to this ref too, so that it can be published under that name',
      collect,
    )
    .option('--canonical-permissions', 'give all to root, without setuid and extended attributes')
    .option('--generate-sizes', 'write the sizes of all objects into it (archive only)')
    .option('--strict-cas', STRICT_CAS)
    .action((options: CommitOptions) =>
      withRepo(options.repo, async (repo) => {
        const signal = signalOfProcess();
        if (options.generateSizes && repo.mode !== 'archive')
          printNotice(`${repo.path} is no archive: the commit will state no sizes`);
        sweepTemporaries(repo);
        const lock = await lockRepo(repo, 'shared', { signal });
        try {
          const head = resolveRef(repo, options.ref);
          const checksum = await commitDirectory(repo, {
            tree: options.tree,
            ref: options.ref,
            parent:
              options.parent === undefined
                ? head
                : options.parent === 'none'
                  ? null
                  : resolveRev(repo, options.parent),
            subject: options.subject ?? '',
            body: options.body ?? '',
            timestamp: options.timestamp ?? Math.floor(Date.now() / 1000),
            metadata: readMetadata(options),
            boundRefs: options.bindRef,
            isCanonical: options.canonicalPermissions === true,
            ...(options.strictCas && { strictLock: lock }),
            generateSizes: options.generateSizes === true,
            signal,
          });
          printLines([checksum]);
        } finally {
          lock.release();
        }
      }),
    );
}
