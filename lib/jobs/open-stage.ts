import type { StageRow } from '../db/stage';
import { openRepo, type Repo } from '../ostree/repo/open-repo';
import type { WorkerContext } from './worker-context';

/**
 * The repository of a stage: the directory that was configured, by device and inode, or nothing.
 * @throws AppError as `openRepo`
 */
export function openStage(
  { fs }: Pick<WorkerContext, 'fs'>,
  { repoPath, repoDev, repoIno }: Pick<StageRow, 'repoPath' | 'repoDev' | 'repoIno'>,
): Repo {
  return openRepo(repoPath, { expect: { dev: repoDev, ino: repoIno }, isStage: true, fs });
}
