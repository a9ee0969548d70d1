import { closeSync } from 'node:fs';
import { AppError } from '../errors';
import { openServedFile, readWhole } from './open-served-file';

/** The folder in a target repository that holds the journal of a run past its commit point. */
export const journalFolder = '.treeline-journal';
/** The summary that is about to be published, in that folder. */
export const candidateFile = 'summary';

/** What a client is ready to take (`OSTREE_MAX_METADATA_SIZE`). */
const summaryBytesMax = 128 * 1024 * 1024;

/**
 * The candidate's bytes, without following a symbolic link. `repoRoot` is the repository's pinned root.
 *
 * @throws AppError `ostree/summary-invalid` where there is none, or none of a sane size
 */
export function readCandidateSummary(repoRoot: string): Uint8Array {
  // The pinned root is a link of /proc: name what it leads to.
  const file = openServedFile(`${repoRoot}/.`, [journalFolder, candidateFile]);
  if (file === null)
    throw new AppError('ostree/summary-invalid', 'there is no candidate summary in the journal');
  try {
    const bytes = file.stat.size > summaryBytesMax ? null : readWhole(file);
    if (bytes) return bytes;
    throw new AppError(
      'ostree/summary-invalid',
      'the candidate summary is too large, or still being written',
    );
  } finally {
    closeSync(file.fd);
  }
}
