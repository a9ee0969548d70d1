import type { PackedBatch } from '../repo/object-batch';
import type { RepoHandle } from './repo-handle';

/** Links, and hashes before if it is to. Answered with a BatchResult. */
export interface ImportJob {
  readonly kind: 'import';
  readonly source: RepoHandle;
  readonly target: RepoHandle;
  readonly verifyObjects: boolean;
  readonly batch: PackedBatch;
}

/** Hashes objects where they lie. Answered with a Fault for each that is not in order. */
export interface CheckJob {
  readonly kind: 'check';
  readonly repo: RepoHandle;
  readonly isQuick: boolean;
  readonly batch: PackedBatch;
}

/** What a thread of the engine can be asked to do. */
export type ThreadJob = ImportJob | CheckJob;
