import type { Command } from 'commander';
import { AppError } from '../../errors';
import {
  parseSignatureSet,
  type Repo,
  readCommit,
  readSignatures,
  readSummary,
  resolveRev,
  type SignatureSet,
  type StoredKeys,
  verifySignatures,
} from '../../ostree';
import { printJson, printLines } from '../output';
import { addKeyLayoutOptions, type KeyLayoutOptions, loadStoredKeys } from './key-layout-options';
import { addPublicKeyOptions } from './key-options';
import { addRepoOption, withRepo } from './repo-option';
import { describeSignature, type SignatureJson, toSignatureJson } from './signature-view';

interface VerifyOptions extends KeyLayoutOptions {
  repo: string;
  json?: true;
}

/** What was signed, and by what it is called in messages. */
interface Signed {
  what: string;
  bytes: Uint8Array;
  signatures: SignatureSet;
}

/**
 * `repo verify`: checks the signatures of a commit, or of the summary. Exit code 0 where, for each kind
 * of key that was given, one signature at least is valid.
 */
export function addVerifyCommand(parent: Command): void {
  const command = parent.command('verify').description('check the signatures of a commit or of the summary');
  addKeyLayoutOptions(addPublicKeyOptions(addRepoOption(command)))
    .argument('[rev]', 'ref, checksum or unique beginning of one; without it the summary')
    .option('--json', 'print one JSON document')
    .action((rev: string | undefined, options: VerifyOptions) =>
      withRepo(options.repo, async (repo) => {
        const keys = loadStoredKeys(repo, options);
        const signed = rev === undefined ? readSignedSummary(repo) : readSignedCommit(repo, rev);
        const found = await verifySignatures(signed.bytes, signed.signatures, keys);
        const signatures = found.map(toSignatureJson);
        const ok = isEnough(signatures, keys);
        if (options.json) printJson({ ok, signatures });
        else printLines(signatures.map(describeSignature));
        if (!ok) throw refusal(signed.what, signatures, keys);
      }),
    );
}

function readSignedCommit(repo: Repo, rev: string): Signed {
  const commit = readCommit(repo, resolveRev(repo, rev));
  return {
    what: `commit ${commit.checksum}`,
    bytes: commit.bytes,
    signatures: readSignatures(repo, commit.checksum),
  };
}

function readSignedSummary(repo: Repo): Signed {
  const stored = readSummary(repo);
  if (!stored)
    throw new AppError(
      'ostree/summary-invalid',
      `${repo.path} has no summary; make one with repo summary --update`,
    );
  const signatures = parseSignatureSet(stored.signatureBytes ?? new Uint8Array());
  return { what: `the summary of ${repo.path}`, bytes: stored.bytes, signatures };
}

function kindsAsked(keys: StoredKeys): SignatureJson['type'][] {
  return [
    ...(keys.ed25519.length + keys.revokedEd25519.length > 0 ? (['ed25519'] as const) : []),
    ...(keys.gpgKeyrings.length > 0 ? (['gpg'] as const) : []),
  ];
}

function isEnough(signatures: readonly SignatureJson[], keys: StoredKeys): boolean {
  const kinds = kindsAsked(keys);
  const hasValid = (kind: string) => signatures.some(({ type, state }) => type === kind && state === 'valid');
  return kinds.length > 0 && kinds.every(hasValid);
}

function refusal(what: string, signatures: readonly SignatureJson[], keys: StoredKeys): AppError {
  const why =
    kindsAsked(keys).length === 0
      ? 'was not checked; name a key, as with --ed25519-public-key-file, --gpg-keyring or --remote'
      : signatures.length === 0
        ? 'is not signed'
        : `has no valid signature by the keys given (${signatures.map(({ type, state }) => `${type} ${state}`).join(', ')})`;
  return new AppError('ostree/signature-invalid', `${what} ${why}`);
}
