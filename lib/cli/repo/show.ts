import type { Command } from 'commander';
import { type Commit, commitState, readCommit, readSignatures, resolveRev } from '../../ostree';
import { printJson, printLines } from '../output';
import { describeCommit, toCommitJson } from './commit-view';
import { toMetadataJson } from './metadata-json';
import { addRepoOption, withRepo } from './repo-option';
import { listUnchecked, type SignatureJson } from './signature-view';

/** `repo show`: one commit with its metadata and the signatures beside it, which it does not check. */
export function addShowCommand(parent: Command): void {
  addRepoOption(parent.command('show').description('show one commit'))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .option('--json', 'print one JSON document')
    .action((rev: string, options: { repo: string; json?: true }) =>
      withRepo(options.repo, (repo) => {
        const commit = readCommit(repo, resolveRev(repo, rev));
        const signatures = listUnchecked(readSignatures(repo, commit.checksum));
        const isPartial = commitState(repo, commit.checksum) === 'partial';
        if (options.json) printJson(toShowJson(commit, signatures, isPartial));
        else printLines(describeShown(commit, signatures, isPartial));
      }),
    );
}

function toShowJson(commit: Commit, signatures: SignatureJson[], isPartial: boolean) {
  return {
    ...toCommitJson(commit),
    contentChecksum: commit.contentChecksum,
    rootDirtree: commit.rootDirtree,
    rootDirmeta: commit.rootDirmeta,
    refBindings: commit.refBindings,
    collectionBinding: commit.collectionBinding,
    isPartial,
    metadata: toMetadataJson(commit.metadata),
    signatures,
  };
}

function describeShown(commit: Commit, signatures: SignatureJson[], isPartial: boolean): string[] {
  const notes = [
    ...(isPartial ? ['Partial: not all of its objects are here'] : []),
    ...signatures.map(({ type }) => `Signature: ${type} (unchecked; use verify)`),
  ];
  return [...describeCommit(commit), ...notes, ...(notes.length > 0 ? [''] : [])];
}
