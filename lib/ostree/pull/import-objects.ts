import { errnoOf } from '../../errors';
import type { ObjectType } from '../format/object-path';
import {
  HASHED_PER_BATCH,
  LINKED_PER_BATCH,
  type ObjectBatch,
  type PackedBatch,
  packedBatches,
  THREADS_PAY_FROM,
} from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import { repoHandle } from '../threads/repo-handle';
import type { ImportJob } from '../threads/thread-job';
import { runInThreads, startThreads } from '../threads/thread-pool';
import { notDirectory } from '../write/make-directory';
import { syncDirectory } from '../write/write-durable-file';
import type { ObjectCopier } from './copy-objects';
import { type BatchResult, type ImportScope, importBatch } from './import-batch';
import { fanoutsOf, fileBatches, type ImportCounts, metadataBatches, toObject } from './object-list';
import type { NeededObjects } from './walk-tree';

export interface ImportContext extends Omit<ImportScope, 'isLinking'> {
  readonly copier: ObjectCopier;
  readonly counts: ImportCounts;
}

/**
 * Brings what a pull needs from source to target, in the order content, dirmetas, dirtrees: by hard link, on all cores
 * where there is much of it, or copied where links cannot be or are not wanted. Content has no order of its own;
 * dirtrees come children before parents, one after the other. What is brought on all cores is taken out of `needed`.
 *
 * @throws AppError as importBatch and ObjectCopier
 */
export async function importObjects(context: ImportContext, needed: NeededObjects): Promise<void> {
  makeFanouts(context.target, eachFanout(needed));
  const job = needed.files.size < THREADS_PAY_FROM ? null : threadJob(context);
  if (job === null) for (const batch of fileBatches(needed.files)) await importHere(context, batch);
  else {
    const run = (result: BatchResult, { batch }: ImportJob) =>
      takeResult(context, batch.type, batch.count, result);
    const size = job.verifyObjects ? HASHED_PER_BATCH : LINKED_PER_BATCH;
    await runInThreads(eachJob(job, packedBatches('file', needed.files.drainInPieces(size))), run);
  }
  for (const batch of metadataBatches(needed)) await importHere(context, batch);
  context.copier.flush();
}

/** Brings one batch in this thread. Its directories are there. Throws as importObjects. */
export async function importHere(context: ImportContext, batch: ObjectBatch): Promise<void> {
  const scope = { ...context, isLinking: !context.copier.isUsed };
  await takeResult(context, batch.type, batch.checksums.length, await importBatch(scope, batch));
}

async function takeResult(
  context: ImportContext,
  type: ObjectType,
  count: number,
  result: BatchResult,
): Promise<void> {
  const { copier, counts, pacer } = context;
  counts.objectsLinked += result.linked;
  counts.objectsPresent += result.present;
  if (result.isOtherFileSystem) copier.isUsed = true;
  for (const checksum of result.toCopy) {
    await copier.copy(toObject(checksum, type, context.target.mode), context.verifyObjects, pacer);
  }
  pacer.advance(count);
  await pacer.pause();
}

function* eachJob(job: Omit<ImportJob, 'batch'>, batches: Iterable<PackedBatch>): Generator<ImportJob> {
  for (const batch of batches) yield { ...job, batch };
}

/** What threads are told; null where they cannot be had or have nothing to link. */
function threadJob(context: ImportContext): Omit<ImportJob, 'batch'> | null {
  const { source, target, verifyObjects, copier } = context;
  const from = repoHandle(source);
  const to = repoHandle(target);
  if (copier.isUsed || from === null || to === null || !startThreads()) return null;
  return { kind: 'import', source: from, target: to, verifyObjects };
}

/** Where in `objects/` the objects lie: one path for each directory. */
export function* eachFanout({
  files,
  dirmetas,
  dirtrees,
}: NeededObjects): Generator<{ path: string }, void, undefined> {
  for (let first = 0; first < 256; first++) {
    if ([files, dirmetas, dirtrees].every((set) => set.countBelow(first) === 0)) continue;
    yield { path: `${first.toString(16).padStart(2, '0')}/` };
  }
}

/** Makes the directories of `objects/` that the objects lie in, durably, so that a link fails for no want of one. */
export function makeFanouts(target: Repo, objects: Iterable<{ readonly path: string }>): void {
  let isAnyNew = false;
  for (const fanout of fanoutsOf(objects)) {
    try {
      const type = target.fs.statTypeAt(target.objectsFd, fanout);
      if (type !== null && type !== 'directory') throw notDirectory(target, `objects/${fanout}`);
      if (type !== null) continue;
      target.fs.mkdir(`${target.root}/objects/${fanout}`, 0o777);
      isAnyNew = true;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error;
    }
  }
  if (isAnyNew) syncDirectory(target, `${target.root}/objects`);
}
