import { randomUUID } from 'node:crypto';
import { stepNameSchema } from '../contracts/promotion';
import type { Transaction } from '../db/client';
import { movePromotion } from '../db/promotion';
import { insertRetirement } from '../db/retirement';
import { findRunCancel } from '../db/run';
import { deleteLedgerRef, upsertLedgerRef } from '../db/stage';
import { AppError } from '../errors';
import { sha256 } from '../ostree/format/checksum';
import { readSummary } from '../ostree/repo/read-summary';
import { cancelled } from './cancel-watch';
import { faultPoint } from './fault-point';
import { removeJournal } from './journal';
import { assertFenced } from './open-source';
import { recordLastRun } from './record-last-run';
import type { RunScope } from './run-scope';
import { setRunHolds } from './set-run-holds';
import type { StepFailure } from './step-recorder';

const released = { activeKey: null, leaseOwner: null, leaseExpiresAt: null, retryAt: null };

/**
 * Records the run as published, with what its refs are now, in one transaction; then removes the journal. Killed in
 * between, the run is on record and its journal is simply removed by whoever finds it: it is published once.
 */
export async function finishRun(scope: RunScope): Promise<void> {
  const endedAt = scope.ctx.clock.now();
  scope.recorder.end();
  await scope.recorder.commitEnd(() => addEnd(scope, endedAt));
  faultPoint('recorded');
  assertFenced(scope);
  await leaveTarget(scope);
  faultPoint('journal-removed');
}

/** What the refs are now, what holds them, and that the run is done. */
function addEnd(scope: RunScope, endedAt: Date): void {
  const { candidate, recorder, moves, removals, plan, to, target } = scope;
  const { attempt, promotion } = candidate;
  for (const { targetRef, expected, resulting } of moves) {
    recorder.event('run.ref-moved', { attempt, from: expected, to: resulting }, targetRef);
    recorder.add((tx) =>
      upsertLedgerRef(tx, {
        id: randomUUID(),
        stageId: to.id,
        ref: targetRef,
        checksum: resulting,
        origin: 'promotion',
        promotionNumber: promotion.number,
        recordedAt: endedAt,
        verifiedAt: plan.verifyObjects ? endedAt : null,
      }),
    );
  }
  for (const { targetRef, expected } of removals) {
    recorder.event('run.ref-removed', { attempt, from: expected }, targetRef);
    recorder.add((tx) => deleteLedgerRef(tx, to.id, targetRef));
  }
  if (removals.length > 0) scheduleRetirement(scope, endedAt);
  const summary = readSummary(target);
  recorder.event('run.published', {
    attempt,
    summary: summary && sha256(summary.bytes),
    ...(plan.kind !== 'promote' && { kind: plan.kind }),
  });
  recorder.add((tx) => setRunHolds(tx, scope, endedAt));
  recorder.add(async (tx) => {
    const outcome = { state: 'done', endedAt, errorCode: null, errorMessage: null, ...released };
    await tx.run.update({ where: { id: candidate.id }, data: outcome });
    await endPromotion(tx, scope, 'published', endedAt);
  });
}

/** What the refs led to is deleted once clients had time to finish what they had begun with the old summary. */
function scheduleRetirement({ candidate, recorder, removals, to }: RunScope, removedAt: Date): void {
  const { number: promotionNumber } = candidate.promotion;
  const refs = removals.map(({ targetRef: ref, expected: checksum }) => ({ ref, checksum }));
  const dueAt = new Date(removedAt.getTime() + to.retireGraceHours * 3_600_000);
  recorder.add((tx) => insertRetirement(tx, { stageId: to.id, promotionNumber, refs, removedAt, dueAt }));
  recorder.event('retirement.scheduled', {
    refs: refs.map(({ ref }) => ref),
    dueAt: dueAt.toISOString(),
  });
}

/** The target's own note of the run takes the place of its journal; where it can't be made now, the journal stays. */
async function leaveTarget({ ctx, candidate, journal, target }: RunScope): Promise<void> {
  try {
    if (journal) await recordLastRun(ctx, target, journal);
  } catch (error) {
    ctx.log.warn({ error, run: candidate.id }, 'the journal stays until the run can be noted in its target');
    return;
  }
  removeJournal(target);
}

/** What is needed to record how a run ends or rests. */
export type RunRecord = Pick<RunScope, 'ctx' | 'candidate' | 'recorder'>;

/**
 * Records that the run ended before its commit point, and why. Its journal, if it had one, is gone already. Of one that was
 * cancelled no step has failed: the one under way counts as not begun.
 */
export async function giveUpRun(
  record: RunRecord,
  state: 'failed' | 'stale' | 'cancelled',
  failure: StepFailure,
): Promise<void> {
  const { ctx, candidate, recorder } = record;
  const endedAt = ctx.clock.now();
  const step = recorder.step ?? 'preflight';
  const { attempt } = candidate;
  const { code } = failure;
  const message = failure.message.slice(0, 2000);
  if (state === 'cancelled') {
    recorder.reset([step]);
    recorder.event('run.cancelled', { attempt, step, why: message });
  } else {
    recorder.fail('failed', failure, step);
    recorder.event(state === 'failed' ? 'run.failed' : 'run.stale', { attempt, step, code, message });
  }
  recorder.add(async (tx) => {
    await tx.run.update({
      where: { id: candidate.id },
      data: { state, endedAt, errorCode: code, errorMessage: message, ...released },
    });
    await endPromotion(tx, record, state, endedAt);
  });
  await recorder.commit();
}

/**
 * Puts a run back that has to wait after all, as if nobody had claimed it: it is queued, takes no stage, and its
 * approvals are not used. Nothing has moved, and its journal, if it had one, is gone already.
 */
export async function putBackRun(record: RunRecord, why: string): Promise<void> {
  const { candidate, recorder } = record;
  const { attempt, promotion } = candidate;
  recorder.event('run.put-back', { attempt, step: recorder.step ?? 'preflight', why: why.slice(0, 2000) });
  recorder.reset(stepNameSchema.options);
  recorder.add(async (tx) => {
    // Asked for at this very moment: whoever takes it up next ends it.
    if (await findRunCancel(tx, candidate.id)) throw cancelled(promotion.number);
    await tx.run.update({
      where: { id: candidate.id },
      data: {
        state: 'queued',
        startedAt: null,
        committedAt: null,
        errorCode: null,
        errorMessage: null,
        ...released,
      },
    });
    if (await movePromotion(tx, promotion.id, 'running', 'approved')) return;
    throw new AppError('state-changed', `promotion #${promotion.number} is not running any more`);
  });
  await recorder.commit();
}

/** Leaves the run to whoever comes next, at `retryAt` or at once. It keeps its claim on the stage. */
export async function leaveRun(
  record: RunRecord,
  retry: { retryAt: Date; failure: StepFailure } | null,
): Promise<void> {
  const { candidate, recorder } = record;
  if (retry) recorder.fail('retrying', retry.failure);
  recorder.add(async (tx) => {
    await tx.run.update({
      where: { id: candidate.id },
      data: {
        leaseOwner: null,
        leaseExpiresAt: null,
        retryAt: retry?.retryAt ?? null,
        errorCode: retry?.failure.code ?? null,
        errorMessage: retry?.failure.message.slice(0, 2000) ?? null,
      },
    });
  });
  await recorder.commit();
}

async function endPromotion(
  tx: Transaction,
  { candidate }: RunRecord,
  to: 'published' | 'failed' | 'stale' | 'cancelled',
  endedAt: Date,
): Promise<void> {
  if (await movePromotion(tx, candidate.promotion.id, 'running', to, { endedAt })) return;
  throw new AppError('state-changed', `promotion #${candidate.promotion.number} is not running any more`);
}
