import type { Command } from 'commander';
import { AppError } from '../../errors';
import {
  buildSummary,
  listRefs,
  parseSignatureSet,
  publishSummary,
  type Repo,
  readSummary,
  readSummarySignatures,
  reindexDeltas,
  type StoredSummary,
  sweepRefs,
} from '../../ostree';
import { printJson, printLines } from '../output';
import { collect } from '../parse-option';
import { toIsoTime } from './commit-view';
import { addSecretKeyOptions, hasSecretKey, loadSigner, type SecretKeyOptions } from './key-options';
import { addRepoOption, signalOfProcess, withRepo } from './repo-option';
import { describeSignature, listUnchecked } from './signature-view';
import { withWriteLocks } from './with-write-locks';

interface SummaryOptions extends SecretKeyOptions {
  repo: string;
  update?: true;
  unsigned?: true;
  dropKey?: readonly string[];
  json?: true;
}

/** `repo summary`: shows the summary, or makes it anew from the refs. */
export function addSummaryCommand(parent: Command): void {
  const command = parent.command('summary').description('show the summary, or make it anew');
  addSecretKeyOptions(addRepoOption(command))
    .option('--update', 'make it anew from the refs, signed with the keys given')
    .option('--unsigned', 'with --update and no key: take the signatures of a signed summary away')
    .option(
      '--drop-key <key>',
      'with --update: leave out this key that somebody added; all others stay',
      collect,
    )
    .option('--json', 'print one JSON document')
    .action((options: SummaryOptions) => {
      refuseContradictions(options);
      return withRepo(options.repo, async (repo) => {
        if (options.update) await updateSummary(repo, options);
        else showSummary(requireSummary(repo), options);
        if (options.update && options.json) showSummary(requireSummary(repo), options);
      });
    });
}

function refuseContradictions(options: SummaryOptions): void {
  const hasKey = hasSecretKey(options);
  if (!options.update && (hasKey || options.unsigned || options.dropKey)) {
    throw new AppError('usage', '--unsigned, --drop-key and keys need --update');
  }
  if (hasKey && options.unsigned) throw new AppError('usage', '--unsigned takes no key');
}

async function updateSummary(repo: Repo, options: SummaryOptions): Promise<void> {
  const sign = loadSigner(options);
  const signal = signalOfProcess();
  await withWriteLocks(repo, signal, async () => {
    if (!hasSecretKey(options) && !options.unsigned && isSigned(repo)) {
      throw new AppError(
        'usage',
        `the summary of ${repo.path} is signed and no key is given; name its keys, or --unsigned to publish without`,
      );
    }
    const refs = listRefs(repo, { includeMirrors: true });
    const { removed } = sweepRefs(repo, { refs });
    reindexDeltas(repo);
    const summary = buildSummary(repo, {
      now: new Date(),
      dropKeys: options.dropKey,
      // Those that are left are listed once more where some were leftovers.
      ...(removed.length === 0 && { refs }),
    });
    const signatures = await sign(summary);
    await publishSummary(repo, { summary, signatures, overlapSeconds: 0, signal });
  });
}

function isSigned(repo: Repo): boolean {
  const { ed25519, gpg } = readSummarySignatures(repo);
  return ed25519.length + gpg.length > 0;
}

function requireSummary(repo: Repo): StoredSummary {
  const stored = readSummary(repo);
  if (stored) return stored;
  throw new AppError(
    'ostree/summary-invalid',
    `${repo.path} has no summary; repo summary --update makes one`,
  );
}

function showSummary({ summary, signatureBytes }: StoredSummary, options: SummaryOptions): void {
  const lastModified = summary.lastModified === null ? null : toIsoTime(summary.lastModified);
  const signatures = listUnchecked(parseSignatureSet(signatureBytes ?? new Uint8Array()));
  const refs = summary.refs.map(({ ref, checksum, commitSizeBytes }) => ({
    ref,
    checksum,
    commitSize: commitSizeBytes.toString(),
  }));
  if (options.json) {
    printJson({ refs, lastModified, collectionId: summary.collectionId, signatures });
    return;
  }
  printLines([
    ...refs.map(({ ref, checksum }) => `${checksum} ${ref}`),
    `Last modified: ${lastModified ?? 'not stated'}`,
    ...signatures.map(describeSignature),
  ]);
}
