import { setTimeout as sleep } from 'node:timers/promises';
import { isWithinStage } from '../contracts/promotion';
import { readEligibility } from '../db/group';
import { findRunCancel, type RunCancelRow } from '../db/run';
import { AppError, isAppError } from '../errors';
import type { Repo } from '../ostree/repo/open-repo';
import { type RepoLock, tryLockProduct } from '../ostree/write/lock';
import { type ApprovalMoment, CLOCK_TOLERANCE_SECONDS } from '../promotion/judge-approvals';
import { proveApproval } from '../promotion/prove-approval';
import { watchCancel } from './cancel-watch';
import { carryOut } from './carry-out';
import { claimRun, type RunCandidate } from './claim-run';
import { faultPoint } from './fault-point';
import { giveUpRun, leaveRun, putBackRun, type RunRecord } from './finish-run';
import { removeJournal } from './journal';
import { holdLease } from './lease';
import { openStage } from './open-stage';
import { movesOf, type RunScope, removalsOf, wasAboutToMove } from './run-scope';
import { StepRecorder } from './step-recorder';
import type { WorkerContext } from './worker-context';
import { failureOf, outcomeOf, retryDelayMilliseconds } from './worker-error';

/** How long it rests where nothing can be recorded, in milliseconds. */
const restMilliseconds = 1000;

/** How often each run was tried in vain by this process. */
export type RetryCounts = Map<string, number>;

/**
 * Takes the run up if nobody else is at it, and carries it as far as it goes. The product lock of the target comes
 * first: whoever has it is alive, whatever leases say, and whoever had it before is not (R-9).
 *
 * @returns whether this worker had the run
 */
export async function takeUpRun(
  ctx: WorkerContext,
  candidate: RunCandidate,
  signal: AbortSignal,
  retries: RetryCounts,
): Promise<boolean> {
  const opened = openTarget(ctx, candidate);
  if (opened === 'busy') return false;
  try {
    const fencingToken = await claimRun(ctx.db, { candidate, workerName: ctx.workerName, clock: ctx.clock });
    if (fencingToken === null) return false;
    faultPoint('claimed');
    ctx.log.info({ run: candidate.id, promotion: candidate.promotion.number }, 'took up a run');
    await workOn(ctx, { candidate, opened, fencingToken, signal, retries });
    return true;
  } finally {
    if (!isAppError(opened)) {
      opened.lock.release();
      opened.target.close();
    }
  }
}

interface Opened {
  target: Repo;
  lock: RepoLock;
}

/** The target under its product lock; `busy` where another worker has it; why not, where it can't be had at all. */
function openTarget(ctx: WorkerContext, candidate: RunCandidate): Opened | 'busy' | AppError {
  const { to } = candidate.promotion.edge;
  try {
    const target = openStage(ctx, to);
    const lock = tryLockOrClose(target);
    return lock === null ? 'busy' : { target, lock };
  } catch (error) {
    if (!isAppError(error)) throw error;
    // Nobody can be fenced off where there is no lock: only a lease that ran out tells that nobody is at it.
    const isHeld = candidate.leaseExpiresAt !== null && candidate.leaseExpiresAt > ctx.clock.now();
    return candidate.state === 'running' && isHeld ? 'busy' : error;
  }
}

function tryLockOrClose(target: Repo): RepoLock | null {
  let lock: RepoLock | null = null;
  try {
    lock = tryLockProduct(target);
    return lock;
  } finally {
    if (lock === null) target.close();
  }
}

interface Work {
  candidate: RunCandidate;
  opened: Opened | AppError;
  fencingToken: number;
  signal: AbortSignal;
  retries: RetryCounts;
}

async function workOn(ctx: WorkerContext, work: Work): Promise<void> {
  const { candidate, opened, retries } = work;
  const lease = holdLease(ctx, candidate.id, work.fencingToken);
  const { number, edge } = candidate.promotion;
  const recorder = new StepRecorder(ctx, {
    id: candidate.id,
    fencingToken: lease.fencingToken,
    attempt: candidate.attempt,
    promotionNumber: number,
    targetName: edge.to.name,
  });
  const record: RunRecord = { ctx, candidate, recorder };
  const cancel = watchCancel(ctx, { runId: candidate.id, promotion: number });
  let scope: RunScope | null = null;
  try {
    if (isAppError(opened)) throw opened;
    const { plan, why } = proveApproval(candidate.promotion, await momentOf(ctx, candidate));
    if (plan === null) throw new AppError('plan-changed', `promotion #${number}: ${why}`);
    scope = {
      ...record,
      plan,
      moves: movesOf(plan),
      removals: removalsOf(plan),
      edge,
      from: isWithinStage(plan) ? edge.to : edge.from,
      to: edge.to,
      target: opened.target,
      lock: opened.lock,
      source: null,
      lease,
      cancel,
      signal: AbortSignal.any([work.signal, lease.signal, cancel.signal]),
      journal: null,
      isForward: wasAboutToMove(candidate),
      brought: [],
    };
    await carryOut(scope);
    retries.delete(candidate.id);
    ctx.log.info({ run: candidate.id, promotion: number }, 'published');
  } catch (error) {
    const isForward = scope?.isForward ?? wasAboutToMove(candidate);
    await settle(record, { error, isForward, scope, retries });
  } finally {
    lease.stop();
    cancel.stop();
    scope?.source?.close();
  }
}

/**
 * When its approvals have to hold: now, or, where it may have renamed a ref, when they were checked for that. From then
 * on they are used, whatever becomes of them.
 */
async function momentOf(ctx: WorkerContext, candidate: RunCandidate): Promise<ApprovalMoment> {
  const { committedAt } = candidate;
  const used = wasAboutToMove(candidate) ? committedAt : null;
  if (used !== null) return { at: used, eligibility: null, toleranceSeconds: CLOCK_TOLERANCE_SECONDS };
  const eligibility = await readEligibility(ctx.db, candidate.promotion.edge.toStageId);
  return { at: ctx.clock.now(), eligibility, toleranceSeconds: CLOCK_TOLERANCE_SECONDS };
}

interface Stop {
  error: unknown;
  /** Whether a ref has been renamed, or may have been. */
  isForward: boolean;
  scope: RunScope | null;
  retries: RetryCounts;
}

/** Records how it stopped. What can't be recorded now is found by whoever takes the run up next. */
async function settle(record: RunRecord, { error, isForward, scope, retries }: Stop): Promise<void> {
  const { ctx, candidate } = record;
  const outcome = isForward ? 'retry' : outcomeOf(error);
  ctx.log.warn(
    { error, run: candidate.id, promotion: candidate.promotion.number, outcome },
    'the run stopped',
  );
  if (isAppError(error, 'lease-lost')) return;
  const failure = failureOf(error);
  try {
    const cancel = isForward ? null : await findRunCancel(ctx.db, candidate.id);
    if (cancel !== null) {
      // Whatever stopped it: it was to be stopped.
      clearTarget(scope);
      faultPoint('cancelling');
      await giveUpRun(record, 'cancelled', { code: 'cancelled', message: describeCancel(cancel) });
    } else if (isAppError(error, 'ostree/aborted')) {
      await leaveRun(record, null);
    } else if (outcome === 'again' || outcome === 'retry') {
      const count = retries.get(candidate.id) ?? 0;
      retries.set(candidate.id, count + 1);
      const retryAt = new Date(ctx.clock.now().getTime() + retryDelayMilliseconds(count));
      await leaveRun(record, { retryAt, failure });
    } else {
      clearTarget(scope);
      if (outcome === 'wait') await putBackRun(record, failure.message);
      else await giveUpRun(record, outcome, failure);
    }
  } catch (cause) {
    ctx.log.error({ error: cause, run: candidate.id }, 'could not record how the run stopped');
    // Its lock is free again in a moment: without a rest it would be taken up in a circle.
    await sleep(restMilliseconds);
  }
}

/** Nothing has happened in the target that anybody could see: its journal may go. */
function clearTarget(scope: RunScope | null): void {
  if (scope?.journal && scope.lock.isInPlace()) removeJournal(scope.target);
}

function describeCancel({ askedBy, reason }: RunCancelRow): string {
  return `${askedBy} cancelled it${reason === '' ? '' : `: ${reason}`}`;
}
