import { AppError, isAppError } from '../../errors';
import { limits } from '../format/limits';
import { type ParsedSummary, parseSummary } from '../format/summary';
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
  const read = (name: string): Uint8Array | null =>
    readWholeFile(repo.fs, `${repo.root}/${name}`, limits.summarySizeBytesMax, name);
  const bytes = read('summary');
  if (bytes === null) return null;
  const signatureBytes = read('summary.sig');
  try {
    return { bytes, signatureBytes, summary: parseSummary(bytes) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new AppError(error.code, `the summary of ${repo.path} is damaged: ${error.message}`, {
      details: { path: repo.path },
      cause: error,
    });
  }
}
