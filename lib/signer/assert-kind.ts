import { isRollback } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { AppError } from '../errors';
import { hasStoodHere } from '../jobs/has-stood-here';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { type Commit, findCommit, readCommit } from '../ostree/repo/read-commit';
import { whyNotThisKind } from '../promotion/check-rollback';
import type { ApprovedRun } from './read-approved-run';

/**
 * Proves from commits and rows that the run does what the kind of its approved plan says: that a promotion doesn't take a
 * ref back in time, and a rollback takes each to what it has been, in its own way.
 *
 * @throws AppError `signer-refused`; `ostree/object-missing` where a commit of the plan is not there yet
 */
export async function assertKind(db: Reader, repo: Repo, { plan, stage }: ApprovedRun): Promise<void> {
  for (const planned of plan.refs) {
    const resulting = readCommit(repo, parseChecksum(planned.resultingChecksum));
    const replaced = replacedCommit(repo, planned.expectedChecksum);
    const hasStood =
      replaced !== null && isRollback(plan)
        ? await hasStoodHere(db, repo, {
            stageId: stage.id,
            ref: planned.targetRef,
            head: replaced.checksum,
            checksum: parseChecksum(planned.sourceChecksum),
          })
        : false;
    const why = whyNotThisKind(plan.kind, { planned, resulting, replaced, hasStoodHere: hasStood });
    if (why !== null) throw new AppError('signer-refused', `the signer refuses: ${why}`);
  }
}

function replacedCommit(repo: Repo, expected: string | null): Commit | null {
  return expected === null ? null : findCommit(repo, expected as Checksum);
}
