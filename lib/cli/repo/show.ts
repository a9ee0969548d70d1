import type { Command } from 'commander';
import { AppError } from '../../errors';
import {
  type Commit,
  commitState,
  countSizes,
  parseObjectSizes,
  type Repo,
  readCommit,
  readSignatures,
  resolveRev,
  type SizeTotals,
} from '../../ostree';
import { printJson, printLines } from '../output';
import { describeCommit, toCommitJson } from './commit-view';
import { toMetadataJson } from './metadata-json';
import { addRepoOption, withRepo } from './repo-option';
import { listUnchecked, type SignatureJson } from './signature-view';

/** `repo show`: one commit with its metadata and the signatures beside it, which it does not check. */
export function addShowCommand(parent: Command): void {
  addRepoOption(parent.command('show').description('show one commit'))
    .argument('<rev>', 'ref, checksum or unique beginning of one; ^ after it means its parent')
    .option('--print-sizes', 'show what the commit says of the sizes of its objects, and stop')
    .option('--json', 'print one JSON document')
    .action((rev: string, options: { repo: string; printSizes?: true; json?: true }) =>
      withRepo(options.repo, (repo) => {
        const commit = readCommit(repo, resolveRev(repo, rev));
        if (options.printSizes) {
          printSizes(repo, commit, options.json === true);
          return;
        }
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

/** What `ostree show --print-sizes` says, in bytes. */
function printSizes(repo: Repo, commit: Commit, asJson: boolean): void {
  const sizes = parseObjectSizes(commit.metadata);
  if (sizes === null) {
    throw new AppError(
      'ostree/metadata-missing',
      `commit ${commit.checksum} states no sizes; they are written with commit --generate-sizes`,
    );
  }
  const { needed, total } = countSizes(repo, sizes);
  if (asJson) {
    printJson({ needed: toTotalsJson(needed), total: toTotalsJson(total) });
    return;
  }
  printLines([
    `Compressed size (needed/total): ${needed.archivedBytes}/${total.archivedBytes} bytes`,
    `Unpacked size (needed/total): ${needed.unpackedBytes}/${total.unpackedBytes} bytes`,
    `Number of objects (needed/total): ${needed.objects}/${total.objects}`,
  ]);
}

function toTotalsJson({ objects, archivedBytes, unpackedBytes }: SizeTotals) {
  return { objects, archivedBytes: String(archivedBytes), unpackedBytes: String(unpackedBytes) };
}
