import { inTransaction } from '../../db/client';
import { readEligibility } from '../../db/group';
import { findRunCancel } from '../../db/run';
import { AppError } from '../../errors';
import { resolveRef } from '../../ostree/repo/resolve-rev';
import { deleteRefs, writeRefs } from '../../ostree/write/write-refs';
import { CLOCK_TOLERANCE_SECONDS } from '../../promotion/judge-approvals';
import { proveApproval } from '../../promotion/prove-approval';
import { cancelled } from '../cancel-watch';
import { faultPoint } from '../fault-point';
import { type Journal, writeJournal } from '../journal';
import { leaseLost, ownedRun } from '../lease';
import { assertFenced, assertNotStopped } from '../open-source';
import { type RunScope, standingOf } from '../run-scope';
import { signKeysOf } from '../stage-keys';
import { assertNoWait } from '../waits/find-waits';

/**
 * The commit point. Checks once more that the run is still ours and still approved, writes the journal durably, and
 * only then moves the refs, each by compare and swap. From the first rename on the run only goes forward.
 *
 * Done again after a crash it moves the refs that have not moved, and writes the others anew, so that all are durable.
 *
 * @throws AppError `plan-changed`, `cancelled`, `must-wait`, `lease-lost`; `ostree/ref-moved` where somebody else moved a ref at this moment
 */
export async function updateRefs(scope: RunScope): Promise<void> {
  const { target, moves, recorder } = scope;
  if (!scope.isForward) await recheck(scope);
  assertFenced(scope);
  scope.journal = newJournal(scope, 'refs');
  writeJournal(target, scope.journal);
  faultPoint('journal-written');
  assertFenced(scope);
  moveRefs(scope);
  faultPoint('refs-renamed');
  assertFenced(scope);
  assertMoved(scope);
  scope.journal = { ...scope.journal, phase: 'refs-written' };
  writeJournal(target, scope.journal);
  faultPoint('refs-journaled');
  for (const { targetRef, resulting } of moves) recorder.line(`${targetRef} is at ${resulting.slice(0, 10)}`);
}

/**
 * Takes the refs of a removal out, each by compare and swap, once the summary without them is published (invariant 1 the other
 * way round). Done again after a crash it takes out the rest.
 *
 * @throws AppError `lease-lost`; `ostree/ref-moved`, `target-drifted` where somebody else moved a ref meanwhile
 */
export async function removeRefs(scope: RunScope): Promise<void> {
  const { target, removals, recorder } = scope;
  assertFenced(scope);
  deleteRefs(
    target,
    removals.map(({ targetRef: ref, expected }) => ({ ref, expected })),
  );
  faultPoint('refs-renamed');
  assertFenced(scope);
  assertMoved(scope);
  for (const { targetRef } of removals) recorder.line(`${targetRef} is gone`);
}

/** The first record of a run's journal, in the phase that it begins with. */
export function newJournal(
  { candidate, moves, removals, to }: RunScope,
  phase: 'refs' | 'candidate',
): Journal {
  return {
    version: 2,
    runId: candidate.id,
    promotionNumber: candidate.promotion.number,
    attempt: candidate.attempt,
    stageId: to.id,
    planChecksum: candidate.promotion.planChecksum,
    refs: [...moves, ...removals].map(({ targetRef, expected, resulting }) => ({
      ref: targetRef,
      expected,
      to: resulting,
    })),
    keys: signKeysOf(to.keys).map(({ type, keyId }) => ({ type, keyId })),
    phase,
  };
}

function moveRefs(scope: RunScope): void {
  const { target, moves } = scope;
  const standing = standingOf(target, moves);
  try {
    writeRefs(
      target,
      moves.map(({ targetRef, expected, resulting }, at) => ({
        ref: targetRef,
        expected: standing[at] === 'resulting' ? resulting : expected,
        to: resulting,
      })),
    );
  } catch (error) {
    if (mayHaveMoved(scope)) goForward(scope);
    throw error;
  }
  goForward(scope);
}

function mayHaveMoved({ target, moves }: RunScope): boolean {
  try {
    return standingOf(target, moves).includes('resulting');
  } catch {
    // A ref that can't be read now may have been moved: only what is known to be untouched may be given up.
    return true;
  }
}

/** From here on nothing fails any more: it is done, or it is done later. */
export function goForward(scope: RunScope): void {
  scope.isForward = true;
  scope.cancel.stop();
  scope.recorder.passCommitPoint();
}

/**
 * Step 11 of 1.15: the claim, whether somebody asked to stop it, the approvals, the edge and what it may have to wait for,
 * as they are in the database now. That they held at this moment is recorded in the same transaction: nobody can take an
 * approval back or cancel the run in between, and from here on approvals are used and nothing stops it.
 */
export async function recheck(scope: RunScope): Promise<void> {
  const { ctx, lease, candidate, plan } = scope;
  assertNotStopped(scope);
  await lease.renew();
  const at = ctx.clock.now();
  const name = `promotion #${candidate.promotion.number}`;
  await inTransaction(ctx.db, async (tx) => {
    const promotion = await tx.promotion.findUnique({
      where: { id: candidate.promotion.id },
      include: { approvals: { include: { voided: true } }, edge: true },
    });
    if (promotion?.state !== 'running')
      throw new AppError('state-changed', `${name} is not running any more`);
    if (await findRunCancel(tx, candidate.id)) throw cancelled(candidate.promotion.number);
    const eligibility = await readEligibility(tx, promotion.edge.toStageId);
    const { why } = proveApproval(promotion, { at, eligibility, toleranceSeconds: CLOCK_TOLERANCE_SECONDS });
    if (why !== null) throw new AppError('plan-changed', `${name}: ${why}`);
    if (promotion.planChecksum !== candidate.promotion.planChecksum) {
      throw new AppError('plan-changed', `${name} has another plan by now`);
    }
    if (promotion.edge.policyVersion !== plan.policyVersion) {
      throw new AppError('plan-changed', `the edge of ${name} was changed after it was approved`);
    }
    await assertNoWait(tx, promotion, at);
    const { count } = await tx.run.updateMany({
      where: ownedRun(candidate.id, lease.fencingToken),
      data: { committedAt: at },
    });
    if (count !== 1) throw leaseLost(candidate.id);
  });
}

/** several commands of ostree take no lock, and may undo at any time what was done. */
export function assertMoved({ target, moves, removals, to }: RunScope): void {
  for (const { targetRef, resulting } of [...moves, ...removals]) {
    const now = resolveRef(target, targetRef);
    if (now === resulting) continue;
    throw new AppError(
      'target-drifted',
      `${targetRef} in ${to.name} was moved by somebody else at the same moment`,
      {
        details: { ref: targetRef, now, planned: resulting },
      },
    );
  }
}
