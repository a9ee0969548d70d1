import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../errors';
import { limits } from '../format/limits';
import {
  NO_SIGNATURES,
  parseSignatureSet,
  type SignatureSet,
  serializeSignatureSet,
} from '../format/signatures';
import { parseSummary } from '../format/summary';
import type { Repo } from '../repo/open-repo';
import { readWholeFile } from '../repo/read-whole-file';
import { verifyEd25519 } from '../sign/ed25519';
import { isBuiltHere } from './build-summary';
import { asWriteError } from './io-error';
import { removeTemporaryFile, syncDirectory, writeTemporaryFile } from './write-durable-file';

/**
 * The steps of a publication. `overlap`: `summary.sig` also holds signatures of the new summary, the old summary
 * is served. `summary`: the new summary is served. `signature`: `summary.sig` holds signatures of the new one alone.
 */
export type PublishPhase = 'overlap' | 'summary' | 'signature';

export interface PublishSummaryOptions {
  /** The bytes to be served. Whoever resumes after a crash gives the very same ones. */
  summary: Uint8Array;
  /** Over exactly these bytes. None at all publishes without signatures and removes `summary.sig`. */
  signatures: Pick<SignatureSet, 'ed25519' | 'gpg'>;
  /**
   * 32-byte keys that clients of this repository may trust. They tell which signatures of the served summary are really
   * its own; without them, there is no overlap.
   */
  ed25519PublicKeys?: readonly Uint8Array[];
  /** How long both signatures are served before the summary changes; 0 behind a server that serves matching pairs. */
  overlapSeconds: number;
  /** Caches lie between here and the clients: the overlap is kept as long again after the summary has changed. */
  hasCaches?: boolean;
  /** Called when a phase is done and durable, so that a journal can say so. Nothing goes on before it has returned. */
  onPhase?: (phase: PublishPhase) => void | Promise<void>;
  /** Called before each replacement of a served file, and after every wait: throws where it is no longer ours to do. */
  assertMayReplace?: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  signal?: AbortSignal;
}

/**
 * Replaces the served summary and its signatures so that a client who checks ed25519 signatures never meets a pair
 * that does not match, whichever of the two files it gets first; with GPG alone there are microseconds between the two
 * renames. What is left to do is read from the files in place, so a publication that was interrupted at
 * any instant is completed by calling this again with the same summary and signatures. The caller holds the product
 * lock, and shared repository lock.
 *
 * @returns the phases that were carried out; none when everything was in place
 * @throws AppError `ostree/summary-unrenewable` where flatpak's index would be left behind, `ostree/summary-invalid`,
 * `ostree/signature-invalid` before anything is replaced; `ostree/no-space`, `ostree/io-failed`, `ostree/aborted`
 */
export async function publishSummary(repo: Repo, options: PublishSummaryOptions): Promise<PublishPhase[]> {
  assertPublishable(repo, options);
  const phases: PublishPhase[] = [];
  const done = async (phase: PublishPhase) => {
    phases.push(phase);
    await options.onPhase?.(phase);
  };
  try {
    const isOverlapped = await overlap(repo, options, done);
    await replacePair(repo, options, isOverlapped, done);
  } catch (error) {
    throw asWriteError(repo, 'publishing the summary of', error);
  }
  return phases;
}

function assertPublishable(repo: Repo, options: PublishSummaryOptions): void {
  if (repo.fs.lstat(`${repo.root}/summary.idx`) !== null) {
    const message = `${repo.path} has a summary.idx, which flatpak keeps beside the summary: it would be left behind`;
    throw new AppError('ostree/summary-unrenewable', message, { details: { path: repo.path } });
  }
  if (!isBuiltHere(options.summary)) parseSummary(options.summary);
  const keys = options.ed25519PublicKeys;
  if (keys === undefined || keys.length === 0) return;
  if (options.signatures.ed25519.every((one) => isSignedBy(keys, options.summary, one))) return;
  throw new AppError(
    'ostree/signature-invalid',
    `a new signature of the summary of ${repo.path} does not verify`,
    {
      details: { path: repo.path },
    },
  );
}

function isSignedBy(keys: readonly Uint8Array[], bytes: Uint8Array, signature: Uint8Array): boolean {
  return keys.some((key) => verifyEd25519(key, bytes, signature));
}

type Done = (phase: PublishPhase) => Promise<void>;

/** P1. @returns whether clients have had signatures of both summaries for the time asked for */
async function overlap(repo: Repo, options: PublishSummaryOptions, done: Done): Promise<boolean> {
  const { overlapSeconds, signatures, ed25519PublicKeys = [] } = options;
  if (overlapSeconds <= 0 || signatures.ed25519.length === 0) return false;
  const served = readServed(repo);
  if (served === null || served.signatures === null || isSame(served.summary, options.summary)) return false;
  const own = served.signatures.ed25519
    .slice(0, limits.signaturesMax)
    .filter((one) => isSignedBy(ed25519PublicKeys, served.summary, one));
  // A pair that verifies for nobody cannot be made worse, and new signatures alone would not verify what is served.
  if (own.length === 0) return false;
  const added = signatures.ed25519.filter((one) => !own.some((other) => isSame(one, other)));
  const both = serializeSignatureSet({ ...served.signatures, ed25519: [...own, ...added] });
  if (!isSame(both, served.signatureBytes)) {
    const mtimeSeconds = await nextTime(repo, ['summary.sig'], options);
    options.assertMayReplace?.();
    const temporary = writeTemporaryFile(repo, both, { mtimeSeconds });
    renameInto(repo, temporary, 'summary.sig');
    syncDirectory(repo, repo.root);
    await done('overlap');
  }
  // Counted from the file's own time, so that whoever takes over after a crash waits no longer than needed.
  const since = repo.fs.lstat(`${repo.root}/summary.sig`)?.mtimeSeconds ?? 0;
  const waitedSeconds = Math.max(0, now(options) / 1000 - since);
  await pause(Math.max(0, overlapSeconds - waitedSeconds), options);
  return true;
}

/** P2 and P3. */
async function replacePair(
  repo: Repo,
  options: PublishSummaryOptions,
  isOverlapped: boolean,
  done: Done,
): Promise<void> {
  const { signatures, summary } = options;
  const isSigned = signatures.ed25519.length + signatures.gpg.length > 0;
  const signatureBytes = serializeSignatureSet({ ...NO_SIGNATURES, ...signatures });
  const served = readServed(repo);
  const hasSummary = served !== null && isSame(served.summary, summary);
  const hasSignature = isSigned
    ? isSame(signatureBytes, served?.signatureBytes ?? null)
    : !hasSignatureFile(repo);
  if (hasSummary && hasSignature) return;
  options.assertMayReplace?.();
  // Both times are the same, which tells who serves the directory that the two belong together.
  const mtimeSeconds = await nextTime(repo, ['summary', 'summary.sig'], options);
  const temporaries: string[] = [];
  const prepare = (bytes: Uint8Array) => {
    const path = writeTemporaryFile(repo, bytes, { mtimeSeconds });
    temporaries.push(path);
    return path;
  };
  try {
    const newSignature = isSigned ? prepare(signatureBytes) : null;
    const newSummary = prepare(summary);
    options.assertMayReplace?.();
    repo.fs.rename(newSummary, `${repo.root}/summary`);
    // Signatures of both are served: after a power cut, those of the new alone must not stand beside the old summary.
    if (isOverlapped) syncDirectory(repo, repo.root);
    // With GPG, clients see a bad pair until the second rename: nothing else may come between.
    const isStaged = isOverlapped && signatures.gpg.length === 0;
    if (isStaged) {
      await done('summary');
      if (options.hasCaches) await pause(options.overlapSeconds, options);
      options.assertMayReplace?.();
    }
    if (newSignature !== null) repo.fs.rename(newSignature, `${repo.root}/summary.sig`);
    else if (hasSignatureFile(repo)) repo.fs.unlink(`${repo.root}/summary.sig`);
    syncDirectory(repo, repo.root);
    if (!isStaged) await done('summary');
    await done('signature');
  } catch (error) {
    for (const path of temporaries) removeTemporaryFile(repo, path);
    throw error;
  }
}

function renameInto(repo: Repo, temporary: string, name: string): void {
  try {
    repo.fs.rename(temporary, `${repo.root}/${name}`);
  } catch (error) {
    removeTemporaryFile(repo, temporary);
    throw error;
  }
}

interface Served {
  summary: Uint8Array;
  signatureBytes: Uint8Array | null;
  /** Null where there is no `summary.sig` or it is malformed. */
  signatures: SignatureSet | null;
}

function readServed(repo: Repo): Served | null {
  const read = (name: string) =>
    readWholeFile(repo.fs, `${repo.root}/${name}`, limits.summarySizeBytesMax, `${name} of ${repo.path}`);
  const summary = read('summary');
  if (summary === null) return null;
  const signatureBytes = read('summary.sig');
  return {
    summary,
    signatureBytes,
    signatures: signatureBytes === null ? null : parseIfPossible(signatureBytes),
  };
}

function parseIfPossible(bytes: Uint8Array): SignatureSet | null {
  try {
    return parseSignatureSet(bytes);
  } catch {
    // Nobody can verify anything with it: it is replaced like a missing one.
    return null;
  }
}

function hasSignatureFile(repo: Repo): boolean {
  return repo.fs.lstat(`${repo.root}/summary.sig`) !== null;
}

function isSame(a: Uint8Array, b: Uint8Array | null): boolean {
  return b !== null && Buffer.compare(a, b) === 0;
}

function now(options: PublishSummaryOptions): number {
  return options.now?.() ?? Date.now();
}

/**
 * A time for files that replace these, in seconds: later than theirs by one at least, since clients ask by
 * `If-Modified-Since` (LAB-13), and never far in the future: rather wait.
 */
async function nextTime(
  repo: Repo,
  names: readonly string[],
  options: PublishSummaryOptions,
): Promise<number> {
  const times = names.map((name) => repo.fs.lstat(`${repo.root}/${name}`)?.mtimeSeconds ?? 0);
  const next = Math.max(Math.floor(now(options) / 1000), ...times.map((time) => time + 1));
  const ahead = next - now(options) / 1000;
  if (ahead > 60) {
    const message = `the summary of ${repo.path} has a time ${Math.round(ahead)} s in the future: set the clock right`;
    throw new AppError('ostree/io-failed', message, { details: { path: repo.path } });
  }
  if (ahead > 5) await pause(ahead - 5, options);
  return next;
}

async function pause(seconds: number, { signal }: PublishSummaryOptions): Promise<void> {
  if (seconds <= 0) return;
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch (error) {
    throw new AppError('ostree/aborted', 'the publication was stopped; do it again to complete it', {
      cause: error,
    });
  }
}
