import { isRollback, type PlanKind } from '../contracts/promotion';
import type { Reader } from '../db/client';
import { AppError } from '../errors';
import { hasStoodHere } from '../jobs/has-stood-here';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { type Commit, findCommit, readCommit } from '../ostree/repo/read-commit';
import { resolveRef } from '../ostree/repo/resolve-rev';
import { whyNotThisKind } from '../promotion/check-rollback';
import type { ApprovedRun } from './read-approved-run';

/**
 * Proves from commits and rows that the run does what the kind of its approved plan says: that a promotion doesn't take a
 * ref back in time, and a rollback takes each to what it has been, in its own way; and that a removal takes away the very heads
 * that were approved to go.
 *
 * @throws AppError `signer-refused`; `ostree/object-missing` where a commit of the plan is not there yet
 */
export async function assertKind(db: Reader, repo: Repo, { plan, stage }: ApprovedRun): Promise<void> {
  for (const planned of plan.refs) {
    if (plan.kind === 'remove' || planned.resultingChecksum === null) {
      assertApprovedHead(repo, plan.kind, planned);
      continue;
    }
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

/** The ref is at what was approved to go, or gone already. */
function assertApprovedHead(
  repo: Repo,
  kind: PlanKind,
  { targetRef, expectedChecksum }: ApprovedRun['plan']['refs'][number],
): void {
  const head = resolveRef(repo, targetRef);
  if (kind === 'remove' && (head === null || head === expectedChecksum)) return;
  throw new AppError(
    'signer-refused',
    `the signer refuses: ${targetRef} is at ${head ?? 'nothing'}, and that was not approved to be removed`,
  );
}

function replacedCommit(repo: Repo, expected: string | null): Commit | null {
  return expected === null ? null : findCommit(repo, expected as Checksum);
}
