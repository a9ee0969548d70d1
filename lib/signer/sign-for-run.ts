import type { Clock } from '../clock';
import type { Reader } from '../db/client';
import { AppError } from '../errors';
import { listCommitsToBring } from '../jobs/commits-to-bring';
import { type Checksum, parseChecksum, sha256 } from '../ostree/format/checksum';
import { objectPath } from '../ostree/format/object-path';
import { type ParsedSummary, parseSummary, type SummaryRef } from '../ostree/format/summary';
import { openRepo, type Repo } from '../ostree/repo/open-repo';
import { readCommit } from '../ostree/repo/read-commit';
import { readCandidateSummary } from '../publish/candidate-summary';
import { assertKind } from './assert-kind';
import { whyNotSignSummary } from './judge-summary';
import type { WireSignatures } from './protocol';
import { type ApprovedRun, readApprovedRun } from './read-approved-run';
import { readLedger } from './read-ledger';
import type { SignerLog } from './signer-log';
import type { KeyStore } from './store';

export interface SigningContext {
  /** Read-only. */
  db: Reader;
  clock: Clock;
  store: KeyStore;
  log: SignerLog;
}

/**
 * Signs the candidate summary of a run that is under way, by every signing key of the stage. The signer reads the
 * candidate from the repository itself and remembers it durably before a signature leaves.
 *
 * @throws AppError `signer-refused`; `database-unavailable`, `ostree/gpg-failed` where it may work another time
 */
export async function signSummaryForRun(
  context: SigningContext,
  of: { stageId: string; runId: string },
): Promise<WireSignatures> {
  const run = await readApprovedRun(context.db, { ...of, now: context.clock.now() });
  const ledger = await readLedger(context.db, of.stageId);
  const last = context.log.readLastSigned(of.stageId);
  return withRepo(run, async (repo) => {
    const bytes = readCandidateSummary(repo.root);
    const summary = parseSummary(bytes);
    const refs = refMapOf(summary);
    const why = whyNotSignSummary({
      candidate: { refs, lastModifiedSeconds: summary.lastModified, collectionId: summary.collectionId },
      previous: last && {
        refs: new Map(Object.entries(last.refs)),
        lastModifiedSeconds: last.lastModifiedSeconds,
      },
      ledger,
      plan: run.plan,
      collectionId: run.stage.collectionId,
    });
    if (why !== null) throw new AppError('signer-refused', `the signer refuses: ${why}`);
    assertCommitsThere(repo, summary);
    await assertKind(context.db, repo, run);
    const checksum = sha256(bytes);
    context.log.writeLastSigned(of.stageId, {
      version: 1,
      summary: checksum,
      lastModifiedSeconds: summary.lastModified,
      refs: Object.fromEntries(refs),
    });
    const signatures = await signByAllKeys(context.store, run, bytes);
    record(context, run, 'signed-summary', { summary: checksum });
    return signatures;
  });
}

/**
 * Signs a commit that the run brings into the stage: one that the plan names, or one of the history between it and
 * the head it replaces.
 *
 * @throws AppError as `signSummaryForRun`
 */
export async function signCommitForRun(
  context: SigningContext,
  of: { stageId: string; runId: string; checksum: string },
): Promise<WireSignatures> {
  const run = await readApprovedRun(context.db, { ...of, now: context.clock.now() });
  const checksum = parseChecksum(of.checksum);
  return withRepo(run, async (repo) => {
    if (!isBroughtByRun(repo, run, checksum)) {
      throw new AppError('signer-refused', `the signer refuses: commit ${checksum} is not one of this run`, {
        details: { commit: checksum },
      });
    }
    await assertKind(context.db, repo, run);
    const { bytes } = readCommit(repo, checksum);
    if (sha256(bytes) !== checksum)
      throw new AppError('ostree/object-corrupt', `${checksum}.commit is corrupt`);
    const signatures = await signByAllKeys(context.store, run, bytes);
    record(context, run, 'signed-commit', { commit: checksum });
    return signatures;
  });
}

async function withRepo<T>(run: ApprovedRun, work: (repo: Repo) => Promise<T>): Promise<T> {
  const { repoPath, repoDev, repoIno } = run.stage;
  const repo = openRepo(repoPath, { expect: { dev: repoDev, ino: repoIno }, isStage: true });
  try {
    return await work(repo);
  } finally {
    repo.close();
  }
}

function refMapOf(summary: ParsedSummary): Map<string, string> {
  const refs = new Map<string, string>(summary.refs.map((each) => [each.ref, each.checksum]));
  for (const [collection, entries] of summary.collectionRefs) {
    for (const each of entries) refs.set(`${collection}:${each.ref}`, each.checksum);
  }
  return refs;
}

/** Clients take the size that the summary gives as the most they will download for a commit. */
function assertCommitsThere(repo: Repo, summary: ParsedSummary): void {
  const all: SummaryRef[] = [...summary.refs, ...[...summary.collectionRefs.values()].flat()];
  for (const { ref, checksum, commitSizeBytes } of all) {
    const stat = repo.fs.lstat(`${repo.root}/${objectPath(checksum, 'commit', repo.mode)}`);
    if (stat?.type !== 'file' || BigInt(stat.sizeBytes) !== commitSizeBytes) {
      throw new AppError(
        'signer-refused',
        `the signer refuses: ${ref} is at ${checksum}, which is not in the repository`,
        {
          details: { ref, commit: checksum },
        },
      );
    }
  }
}

function isBroughtByRun(repo: Repo, { plan }: ApprovedRun, wanted: Checksum): boolean {
  return plan.refs.some(({ resultingChecksum, expectedChecksum }) => {
    if (resultingChecksum === null) return false;
    if (resultingChecksum === wanted) return true;
    const replaced = expectedChecksum === null ? null : parseChecksum(expectedChecksum);
    return listCommitsToBring(repo, parseChecksum(resultingChecksum), replaced).includes(wanted);
  });
}

async function signByAllKeys(store: KeyStore, run: ApprovedRun, bytes: Uint8Array): Promise<WireSignatures> {
  const { id: stageId, signKeys } = run.stage;
  if (signKeys.length === 0)
    throw new AppError('signer-refused', 'the signer refuses: the stage has no key to sign with');
  const signatures: WireSignatures = { ed25519: [], gpg: [] };
  for (const { type, keyId } of signKeys) {
    const signature = await store.sign({ stageId, type, keyId }, bytes);
    signatures[type].push(Buffer.from(signature).toString('base64'));
  }
  return signatures;
}

function record(
  { log, clock }: SigningContext,
  run: ApprovedRun,
  event: 'signed-summary' | 'signed-commit',
  what: Record<string, string>,
): void {
  log.append({
    at: clock.now().toISOString(),
    event,
    stage: run.stage.name,
    run: run.runId,
    promotion: run.promotionNumber,
    planChecksum: run.planChecksum,
    keys: run.stage.signKeys.map((key) => `${key.type}:${key.keyId}`),
    ...what,
  });
}
