import { createHash } from 'node:crypto';
import { closeSync, lstatSync } from 'node:fs';
import { errnoOf } from '../errors';
import { parseSignatureSet, type SignatureSet } from '../ostree/format/signatures';
import { verifyEd25519 } from '../ostree/sign/ed25519';
import { changeMarkOf, type OpenFile, openServedFile, readWhole } from './open-served-file';

/** One file of a generation, in memory. */
export interface GenerationFile {
  bytes: Buffer;
  /** SHA-256 of the bytes, in quotes. */
  etag: string;
  modified: Date;
}

/** A summary and the signatures that belong to it. Never changed once made. */
export interface SummaryGeneration {
  summary: GenerationFile;
  signature: GenerationFile | null;
}

interface ReadFile extends GenerationFile {
  mtimeNs: bigint;
  changedAtMilliseconds: number;
}
interface ReadPair {
  marks: string;
  summary: ReadFile;
  signature: ReadFile | null;
}

/**
 * Files that nobody touched for so long are what someone meant to publish, whatever the signatures say. A publisher that
 * was killed between two renames is back within the longer time, which counts for stages that sign with ed25519.
 */
const quietMilliseconds = 2000;
const quietSignedMilliseconds = 30_000;
/** Clients take no summary above this (`OSTREE_MAX_METADATA_SIZE`). */
const summaryBytesMax = 128 * 1024 * 1024;

/**
 * The summary of one repository as it is served: always a pair. On each request the two files are looked
 * at; a new pair replaces the old one only when it can be believed to be one.
 */
export class SummaryGenerations {
  readonly #repoPath: string;
  readonly #publicKeys: Uint8Array[];
  readonly #now: () => number;
  #current: (SummaryGeneration & { marks: string }) | null = null;
  #doubted: ReadPair | null = null;

  /** `ed25519PublicKeys` are base64. `now` is the time of day in milliseconds, as file times are. */
  constructor(repoPath: string, ed25519PublicKeys: readonly string[], now: () => number = Date.now) {
    this.#repoPath = repoPath;
    this.#publicKeys = ed25519PublicKeys.map((key) => Buffer.from(key, 'base64'));
    this.#now = now;
  }

  /**
   * The pair to serve now. `doubtful`: there are files, but nothing to believe yet; ask again in a second.
   * null: the repository has no summary.
   */
  current(): SummaryGeneration | 'doubtful' | null {
    const marks = marksOf(this.#repoPath);
    if (marks === null) {
      // Replacing is a rename, so a summary that is absent was removed.
      this.#current = null;
      return null;
    }
    if (this.#current?.marks === marks) return this.#current;
    const pair = this.#doubted?.marks === marks ? this.#doubted : readPair(this.#repoPath);
    this.#doubted = null;
    if (pair === null) return this.#current ?? 'doubtful';
    if (!this.#isBelievable(pair)) {
      this.#doubted = pair;
      return this.#current ?? 'doubtful';
    }
    this.#current = pair;
    return pair;
  }

  #isBelievable(pair: ReadPair): boolean {
    const { summary, signature } = pair;
    if (signature !== null && signature.mtimeNs === summary.mtimeNs) return true;
    if (signature !== null && this.#isSigned(summary.bytes, signature.bytes)) {
      return this.#isQuiet(pair, quietMilliseconds) || !this.#isGpgBehind(pair);
    }
    if (this.#publicKeys.length === 0) {
      if (signature === null && !this.#current?.signature) return true;
      return this.#isQuiet(pair, quietMilliseconds);
    }
    // What clients can verify goes on being served: the last good state is better than a new one that is none.
    const current = this.#current;
    if (current?.signature && this.#isSigned(current.summary.bytes, current.signature.bytes)) return false;
    return this.#isQuiet(pair, quietSignedMilliseconds);
  }

  #isQuiet({ summary, signature }: ReadPair, milliseconds: number): boolean {
    const changedAt = Math.max(summary.changedAtMilliseconds, signature?.changedAtMilliseconds ?? 0);
    return this.#now() - changedAt >= milliseconds;
  }

  #isSigned(summary: Buffer, signature: Buffer): boolean {
    const { ed25519 } = signaturesIn(signature);
    return ed25519.some((blob) => this.#publicKeys.some((key) => verifyEd25519(key, summary, blob)));
  }

  /** A new summary beside the GPG signatures of the old one: the publisher is between its two renames. */
  #isGpgBehind({ summary, signature }: ReadPair): boolean {
    const before = this.#current;
    if (!before?.signature || !signature || before.summary.bytes.equals(summary.bytes)) return false;
    const now = signaturesIn(signature.bytes).gpg;
    const then = signaturesIn(before.signature.bytes).gpg;
    return now.length > 0 && Buffer.concat(now).equals(Buffer.concat(then));
  }
}

/** Both signature lists of `summary.sig`; none where it does not parse. */
function signaturesIn(bytes: Uint8Array): Pick<SignatureSet, 'ed25519' | 'gpg'> {
  try {
    return parseSignatureSet(bytes);
  } catch {
    // Not a signature file: then it signs nothing, and the pair has to prove itself otherwise.
    return { ed25519: [], gpg: [] };
  }
}

/** What the two names stand for at the moment; null where there is no summary. */
function marksOf(repoPath: string): string | null {
  const [summary, signature] = ['summary', 'summary.sig'].map((name) => markOf(`${repoPath}/${name}`));
  return summary === null ? null : `${summary} ${signature}`;
}

function markOf(path: string): string | null {
  try {
    return changeMarkOf(lstatSync(path, { bigint: true }));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) return null;
    throw error;
  }
}

/** Both files as they stood at one moment; null where they kept changing, or are no regular files. */
function readPair(repoPath: string): ReadPair | null {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const marks = marksOf(repoPath);
    const summary = readOne(repoPath, 'summary');
    const signature = readOne(repoPath, 'summary.sig');
    if (marks === null || summary === null) return null;
    const found = `${summary.mark} ${signature?.mark ?? null}`;
    if (found === marks && marksOf(repoPath) === marks) return { marks, summary, signature };
  }
  return null;
}

function readOne(repoPath: string, name: string): (ReadFile & { mark: string }) | null {
  const file = openServedFile(repoPath, [name]);
  if (file === null) return null;
  try {
    if (file.stat.size > summaryBytesMax) return null;
    const bytes = readWhole(file);
    return bytes && { ...describeRead(file, bytes), mark: changeMarkOf(file.stat) };
  } finally {
    closeSync(file.fd);
  }
}

function describeRead({ stat }: OpenFile, bytes: Buffer): ReadFile {
  return {
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('hex')}"`,
    modified: stat.mtime,
    mtimeNs: stat.mtimeNs,
    changedAtMilliseconds: Number(stat.ctimeNs / 1_000_000n),
  };
}
