import { AppError } from '../errors';
import { openRepo, type Repo } from '../ostree/repo/open-repo';
import type { RunScope } from './run-scope';

/** The source repository of the run, opened once. It is the directory that was configured, or nothing. */
export function openSource(scope: RunScope): Repo {
  scope.source ??= openRepo(scope.from.repoPath, {
    expect: { dev: scope.from.repoDev, ino: scope.from.repoIno },
    isStage: true,
    fs: scope.ctx.fs,
  });
  return scope.source;
}

/** @throws AppError `ostree/aborted` where the run is to stop, `lease-lost` where it is another worker's by now */
export function assertNotStopped(scope: RunScope): void {
  if (scope.lease.signal.aborted) throw new AppError('lease-lost', 'another worker has taken up this run');
  if (scope.signal.aborted) throw new AppError('ostree/aborted', 'the worker was told to stop');
}
