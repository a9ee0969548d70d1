import type { Checksum } from '../../format/checksum';
import type { Repo } from '../../repo/open-repo';
import { readSignatures } from '../../repo/read-commit';
import { hasObject, readMetadataBytes } from '../../repo/read-object';
import { mergeSignatures } from '../../write/merge-commitmeta';
import { placeObject } from '../../write/place-object';
import { removeTombstone } from '../../write/remove-tombstone';
import { syncFanouts } from '../../write/sync-fanouts';
import { makeFanouts } from '../import-objects';
import { fanoutsOf, type ImportCounts, toObject } from '../object-list';
import type { Pacer } from '../pacer';
import { removeMarks } from '../partial-marks';
import type { RemoteCommit } from './fetch-commits';
import type { FetchStaging } from './fetch-staging';
import type { FetchedObjects } from './fetched-objects';

export interface FetchedPull {
  readonly target: Repo;
  readonly staging: FetchStaging;
  readonly staged: FetchedObjects;
  readonly counts: ImportCounts;
  readonly pacer: Pacer;
  /** Oldest first. */
  readonly commits: readonly RemoteCommit[];
  /** Those whose signatures come along: the commits, and heads that the target had. */
  readonly signed: readonly RemoteCommit[];
  /** Called when everything below the commits is durable. */
  readonly onTreeDurable: () => void;
}

/**
 * What follows when everything has been fetched and checked, in the order of protocol 1.15: content, dirmetas, dirtrees;
 * durable; commits; durable; signatures; marks gone. From the first commit on it waits for nothing.
 *
 * @throws AppError `ostree/object-corrupt`, `ostree/signature-invalid`, `ostree/no-space`; system errors
 */
export async function finishPull(pull: FetchedPull): Promise<void> {
  const { target, staging, staged, counts, commits, signed, pacer, onTreeDurable } = pull;
  const withSignatures = signed
    .map(({ checksum }) => checksum)
    .filter((checksum) => staging.has(checksum, 'commitmeta'));
  // Malformed signatures, here or there, stop a pull before a commit has its name.
  for (const checksum of withSignatures)
    for (const repo of [target, staging.repo]) readSignatures(repo, checksum);
  await staged.placeAll(pacer);
  onTreeDurable();
  const objects = commits.map(({ checksum }) => toObject(checksum, 'commit', target.mode));
  makeFanouts(target, objects);
  for (const { checksum, fetchedBytes } of commits) {
    const isNew = placeCommit(target, staging, checksum);
    if (isNew) counts.bytesCopied += fetchedBytes;
    counts[isNew ? 'objectsCopied' : 'objectsPresent']++;
  }
  syncFanouts(target, fanoutsOf(objects));
  for (const { checksum } of commits) removeTombstone(target, checksum);
  for (const checksum of withSignatures)
    mergeSignatures(target, checksum, readSignatures(staging.repo, checksum));
  removeMarks(
    target,
    commits.map(({ checksum }) => checksum),
  );
}

/** @returns whether it was not there before */
function placeCommit(target: Repo, staging: FetchStaging, checksum: Checksum): boolean {
  const from = hasObject(target, checksum, 'commit') ? target : staging.repo;
  return placeObject(target, checksum, 'commit', readMetadataBytes(from, checksum, 'commit'));
}
