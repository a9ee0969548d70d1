import type { StageWithKeys } from '../db/stage';
import { AppError } from '../errors';
import { type Checksum, hasObject, parseChecksum, type Repo } from '../ostree';
import type { Repositories } from './repositories';

/** A commit and a stage whose repository has it. */
export interface FoundCommit {
  checksum: Checksum;
  stage: StageWithKeys;
  repo: Repo;
}

/**
 * A stage that has the commit: the one that is asked for, else the first of the pipeline.
 * @throws AppError `ostree/checksum-invalid`; `not-found` where no stage that can be read has it
 */
export function findCommit(
  repos: Repositories,
  stages: readonly StageWithKeys[],
  checksumText: string,
  stageName?: string,
): FoundCommit {
  const checksum = parseChecksum(checksumText);
  for (const stage of stages) {
    if (stageName !== undefined && stage.name !== stageName) continue;
    const { repo } = repos.tryOpen(stage);
    if (repo && hasObject(repo, checksum, 'commit')) return { checksum, stage, repo };
  }
  const where = stageName === undefined ? 'in no stage' : `not in the stage ${stageName}`;
  throw new AppError('not-found', `the commit ${checksum} is ${where}; it may have been pruned`, {
    details: { checksum },
  });
}
