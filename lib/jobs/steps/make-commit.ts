import { AppError } from '../../errors';
import type { CommitToWrite } from '../../ostree/pull/plan-pull';
import { planRecommit } from '../../ostree/write/recommit';
import { openSource } from '../open-source';
import type { RefMove, RunScope } from '../run-scope';

/**
 * The new commit, made again from the plan: it must come out as the one that was approved.
 * @throws AppError `plan-changed`
 */
export function makeCommit(scope: RunScope, move: RefMove): CommitToWrite {
  const made = planRecommit(openSource(scope), scope.target, {
    from: move.source,
    toRef: move.targetRef,
    timestamp: move.timestampSeconds ?? 0,
    parent: move.expected,
  });
  if (made.checksum === move.resulting) return made;
  throw new AppError('plan-changed', `the commit made for ${move.targetRef} is not the planned one`, {
    details: { ref: move.targetRef, planned: move.resulting, made: made.checksum },
  });
}
