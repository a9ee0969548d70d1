import { AppError, isAppError } from '../../errors';
import { parseSignatureSet, type SignatureSet } from '../../ostree/format/signatures';
import { type ParsedSummary, parseSummary } from '../../ostree/format/summary';
import { commitState } from '../../ostree/repo/read-commit';
import { readSummary } from '../../ostree/repo/read-summary';
import { buildSummary } from '../../ostree/write/build-summary';
import { reindexDeltas } from '../../ostree/write/reindex-deltas';
import { sweepRefs } from '../../ostree/write/sweep-refs';
import { buildWithoutRefs } from '../build-without-refs';
import { driftedRefs } from '../drifted-refs';
import { faultPoint } from '../fault-point';
import {
  readCandidate,
  readSignaturesOfCandidate,
  writeCandidate,
  writeJournal,
  writeSignatures,
} from '../journal';
import { assertFenced, orStopped } from '../open-source';
import type { RunScope } from '../run-scope';
import { attributeSignatures, keysOfRun, missingSigners, signKeysOf } from '../stage-keys';
import { fromWire } from './sign-commits';
import { assertMoved, newJournal } from './update-refs';

/**
 * Makes the summary that is to be published and has it signed, both in the journal; nothing served changes. What is
 * in the journal already is kept where the refs are still as it says. A summary in place that says the same, with
 * the same keys, stays.
 *
 * @throws AppError `target-drifted`, `signer-refused`, `signer-unreachable`, `ostree/signature-invalid`, …
 */
export async function summary(scope: RunScope): Promise<void> {
  const { ctx, recorder, target } = scope;
  const journal = scope.journal;
  if (!journal) throw new Error('a summary is made only with a journal');
  assertFenced(scope);
  assertMoved(scope);
  sweepRefs(target);
  await assertNoDrift(scope);
  reindexDeltas(target);
  const built = buildSummary(target, { now: ctx.clock.now() });
  if (journal.phase === 'signed') {
    if (await isSigned(scope, built)) {
      recorder.line('the summary was signed before');
      return;
    }
    // Never a new candidate beside the signatures of the old one, were it for a moment.
    scope.journal = { ...journal, phase: 'refs-written' };
    writeJournal(target, scope.journal);
  }
  if (await isServed(scope, built)) {
    scope.journal = { ...journal, phase: 'published' };
    writeJournal(target, scope.journal);
    recorder.line('the summary in place says the same already');
    return;
  }
  await keepSigned(scope, built);
  scope.journal = { ...journal, phase: 'signed' };
  writeJournal(target, scope.journal);
  faultPoint('signatures-journaled');
}

/**
 * Makes the summary that is to be published without the refs of a removal and has it signed, both in the journal. Nothing that
 * anybody sees changes: a run that ends here has done nothing.
 *
 * @throws AppError as `summary`
 */
export async function summaryWithoutRefs(scope: RunScope): Promise<void> {
  const { target } = scope;
  assertFenced(scope);
  scope.journal = newJournal(scope, 'candidate');
  writeJournal(target, scope.journal);
  sweepRefs(target);
  await assertNoDrift(scope);
  await keepSigned(scope, buildWithoutRefs(scope));
  faultPoint('signatures-journaled');
}

async function assertNoDrift(scope: RunScope): Promise<void> {
  const { to } = scope;
  const drifted = await driftedRefs(scope);
  if (drifted.length === 0) return;
  throw new AppError(
    'target-drifted',
    `somebody else changed ${drifted.slice(0, 3).join(', ')} in ${to.name}, so its summary can't be signed; adopt it or put it back`,
    { details: { stage: to.name, ref: drifted[0] ?? null } },
  );
}

/** Has the summary signed, and keeps both in the journal. */
async function keepSigned(scope: RunScope, built: Uint8Array): Promise<void> {
  const { recorder, target, to } = scope;
  assertFenced(scope);
  writeCandidate(target, built);
  faultPoint('candidate-written');
  const signatures = await signed(scope, built);
  faultPoint('summary-signed');
  assertFenced(scope);
  writeSignatures(target, signatures);
  recorder.line(`${parseSummary(built).refs.length} refs, ${built.length} bytes`);
  recorder.line(
    `signed with ${
      signKeysOf(to.keys)
        .map((key) => key.type)
        .join(' and ') || 'no key'
    }`,
  );
}

/** Whether the journal holds a candidate that says this, and signatures of it by every key. */
async function isSigned(scope: RunScope, built: Uint8Array): Promise<boolean> {
  const { target, to, journal } = scope;
  const candidate = readCandidate(target);
  const signatures = readSignaturesOfCandidate(target);
  if (!signatures || !isSame(candidate, built)) return false;
  const keys = keysOfRun(to.keys, journal);
  return missingSigners(keys, await attributeSignatures(keys, candidate, signatures)).length === 0;
}

/** Asks the signer, and checks what it gave before anybody else gets to see it. */
async function signed(scope: RunScope, bytes: Uint8Array): Promise<SignatureSet> {
  const { ctx, to, lease } = scope;
  const keys = keysOfRun(to.keys, scope.journal);
  if (signKeysOf(to.keys).length === 0) return fromWire({ ed25519: [], gpg: [] });
  const signatures = fromWire(
    await orStopped(scope, (signal) =>
      ctx.signer.signSummary({ stageId: to.id, runId: lease.runId }, signal),
    ),
  );
  const [missing] = missingSigners(keys, await attributeSignatures(keys, bytes, signatures));
  if (!missing) return signatures;
  throw new AppError(
    'ostree/signature-invalid',
    `the signer’s ${missing.type} signature of the summary does not verify`,
    {
      details: { key: missing.keyId },
    },
  );
}

/** Whether the files in place already say this, signed by every key. */
async function isServed({ target, to, journal }: RunScope, built: Uint8Array): Promise<boolean> {
  const served = readServed(target);
  if (!served || !isSame(served.bytes, built)) return false;
  const keys = keysOfRun(to.keys, journal);
  if (served.signatureBytes === null) return signKeysOf(keys).length === 0;
  const set = parseSignatureSet(served.signatureBytes);
  const signatures = await attributeSignatures(keys, served.bytes, set);
  const isOnlyOurs = signatures.every((each) => each.state === 'valid');
  return isOnlyOurs && missingSigners(keys, signatures).length === 0;
}

function readServed(target: RunScope['target']) {
  try {
    return readSummary(target);
  } catch (error) {
    // A damaged summary is replaced like any other.
    if (isAppError(error, 'ostree/summary-invalid')) return null;
    throw error;
  }
}

/** Whether two summaries differ in nothing but when they were made. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return comparable(parseSummary(left)) === comparable(parseSummary(right));
}

function comparable({ refs, collectionRefs, metadata }: ParsedSummary): string {
  const values = [...metadata].filter(([key]) => key !== 'ostree.summary.last-modified').sort(byName);
  return JSON.stringify([refs, [...collectionRefs].sort(byName), values], (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
    return value instanceof Map ? [...value].sort(byName) : value;
  });
}

function byName([left]: [string, unknown], [right]: [string, unknown]): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** The candidate and its signatures, as they lie in the journal, ready to be published. */
export function readPublication(scope: RunScope): { bytes: Uint8Array; signatures: SignatureSet } {
  const { target } = scope;
  const bytes = readCandidate(target);
  const signatures = readSignaturesOfCandidate(target);
  if (!signatures)
    throw new AppError('target-damaged', `the journal in ${target.path} has lost its signatures`);
  for (const { ref, checksum } of parseSummary(bytes).refs) {
    if (scope.journal?.phase === 'publishing' || commitState(target, checksum) === 'complete') continue;
    throw new AppError('target-damaged', `${ref} in ${target.path} is at a commit that is not whole`, {
      details: { ref, commit: checksum },
    });
  }
  return { bytes, signatures };
}
