import { AppError, isAppError } from '../../errors';
import { limits } from '../format/limits';
import { NO_SIGNATURES, parseSignatureSet, type SignatureSet } from '../format/signatures';
import { type ParsedSummary, parseSummary, parseSummaryMetadata } from '../format/summary';
import type { Repo } from './open-repo';
import { readWholeFile } from './read-whole-file';

export interface StoredSummary {
  /** The file as it is, which is what signatures sign. */
  readonly bytes: Uint8Array;
  /** `summary.sig` as it is, or null where there is none. */
  readonly signatureBytes: Uint8Array | null;
  readonly summary: ParsedSummary;
}

/**
 * The summary that lies in the repository, with its signatures unchecked; null where there is none.
 * @throws AppError `ostree/summary-invalid`
 */
export function readSummary(repo: Repo): StoredSummary | null {
  const bytes = readBytes(repo, 'summary');
  if (bytes === null) return null;
  const signatureBytes = readBytes(repo, 'summary.sig');
  return { bytes, signatureBytes, summary: namingSummary(repo, () => parseSummary(bytes)) };
}

/**
 * What the summary that lies in the repository says beside its refs; null where there is none.
 * @throws AppError `ostree/summary-invalid`
 */
export function readSummaryMetadata(repo: Repo): ReturnType<typeof parseSummaryMetadata> | null {
  const bytes = readBytes(repo, 'summary');
  return bytes && namingSummary(repo, () => parseSummaryMetadata(bytes));
}

/**
 * The signatures of the summary that lies in the repository; none where there is no such file.
 * @throws AppError `ostree/signature-invalid`
 */
export function readSummarySignatures(repo: Repo): SignatureSet {
  const bytes = readBytes(repo, 'summary.sig');
  return bytes === null ? NO_SIGNATURES : parseSignatureSet(bytes);
}

function readBytes(repo: Repo, name: string): Uint8Array | null {
  return readWholeFile(repo.fs, `${repo.root}/${name}`, limits.summarySizeBytesMax, name);
}

function namingSummary<T>(repo: Repo, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    /* v8 ignore if -- parsing throws nothing else, short of a bug */
    if (!isAppError(error)) throw error;
    throw new AppError(error.code, `the summary of ${repo.path} is damaged: ${error.message}`, {
      details: { path: repo.path },
      cause: error,
    });
  }
}
