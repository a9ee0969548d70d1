import { isRemoval, isRollback, type StepName, stepNameSchema } from '../contracts/promotion';
import { AppError } from '../errors';
import { lockRepos, type RepoLock } from '../ostree/write/lock';
import { sweepTemporaries } from '../ostree/write/sweep-temporaries';
import { type FaultPoint, faultPoint } from './fault-point';
import { findUnknownRun } from './find-unknown-run';
import { finishRun } from './finish-run';
import { readJournal, removeJournal } from './journal';
import { assertNotStopped, openSource } from './open-source';
import { recordLastRun } from './record-last-run';
import { type RunScope, standingOf, wasAboutToMove } from './run-scope';
import { goBack } from './steps/go-back';
import { preflight } from './steps/preflight';
import { probe } from './steps/probe';
import { publish } from './steps/publish';
import { pull } from './steps/pull';
import { signCommits } from './steps/sign-commits';
import { summary, summaryWithoutRefs } from './steps/summary';
import { goForward, removeRefs, updateRefs } from './steps/update-refs';
import { verify } from './steps/verify';

interface Step {
  name: StepName;
  /** What it is about to do to a disk, for the audit log; null where it only looks. */
  effect: ((scope: RunScope) => string) | null;
  work: (scope: RunScope) => Promise<void>;
  doneAt: FaultPoint | null;
}

const refsOf = ({ moves, removals }: RunScope) =>
  [...moves, ...removals]
    .map(({ targetRef }) => targetRef)
    .join(', ')
    .slice(0, 500);

function pullEffect(scope: RunScope): string {
  const { from, plan, to } = scope;
  if (!isRollback(plan)) return `bring the commits of ${refsOf(scope)} from ${from.name} into ${to.name}`;
  return plan.kind === 'reset'
    ? `hash what ${refsOf(scope)} goes back to in ${to.name}`
    : `hash what ${refsOf(scope)} goes back to in ${to.name}, and commit it anew`;
}

const preflightStep: Step = {
  name: 'preflight',
  effect: null,
  work: preflight,
  doneAt: 'preflight-done',
};

/** Before the ref rename: each may be done any number of times, and a client sees nothing of it. */
const stepsBefore: readonly Step[] = [
  preflightStep,
  {
    name: 'pull',
    effect: pullEffect,
    work: (scope) => (isRollback(scope.plan) ? goBack(scope) : pull(scope)),
    doneAt: 'pull-done',
  },
  { name: 'verify', effect: null, work: verify, doneAt: 'verify-done' },
  {
    name: 'sign-commits',
    effect: (scope) => `sign the commits of ${refsOf(scope)} for ${scope.to.name}`,
    work: signCommits,
    doneAt: 'commits-signed',
  },
  {
    name: 'update-refs',
    effect: (scope) => `move ${refsOf(scope)} in ${scope.to.name} and publish its summary`,
    work: updateRefs,
    doneAt: null,
  },
];

const summaryStep: Step = { name: 'summary', effect: null, work: summary, doneAt: null };
const publishStep: Step = {
  name: 'publish',
  effect: (scope) => `publish the summary of ${scope.to.name}`,
  work: publish,
  doneAt: null,
};
const probeStep: Step = { name: 'probe', effect: null, work: probe, doneAt: 'probed' };

/**
 * A removal takes the other way round (invariant 1): the summary goes first, then the refs; objects only after a grace, by a job
 * of its own. Up to the first change of a served file, in `publish`, nobody sees anything.
 */
const removalSteps: readonly Step[] = [
  preflightStep,
  { name: 'summary', effect: null, work: summaryWithoutRefs, doneAt: null },
  {
    name: 'publish',
    effect: (scope) => `publish the summary of ${scope.to.name} without ${refsOf(scope)}`,
    work: publish,
    doneAt: null,
  },
  {
    name: 'update-refs',
    effect: (scope) => `delete ${refsOf(scope)} in ${scope.to.name}`,
    work: removeRefs,
    doneAt: null,
  },
  probeStep,
];

/** Phases of a journal that prove nothing by themselves: nothing may have happened yet that anybody sees. */
const PHASES_BEFORE: readonly (string | null)[] = [null, 'refs', 'candidate'];

/**
 * Carries the run out from where it stands, by what lies in the target: anew from the beginning, or, where a ref has
 * been renamed already, forward to the end. Whoever calls it holds the product lock of the target.
 *
 * Throws what stopped it; `scope.isForward` then says whether anything can still be given up.
 */
export async function carryOut(scope: RunScope): Promise<void> {
  await findPosition(scope);
  if (!scope.isForward) await assertDatabaseIsCurrent(scope);
  const phase = scope.journal?.phase ?? null;
  const isBefore = PHASES_BEFORE.includes(phase);
  if (isBefore) {
    scope.recorder.reset(stepNameSchema.options);
    if (!scope.isForward) beginAnew(scope);
    await scope.recorder.begin('preflight');
  }
  sweepTemporaries(scope.target);
  const lock = await lockBoth(scope, isBefore);
  try {
    for (const step of remainingSteps(scope)) await doStep(scope, step);
    await finishRun(scope);
  } finally {
    lock.release();
  }
}

/** Nothing has moved, so nothing is used: approvals have to hold again when it comes to that, and it may be cancelled. */
function beginAnew({ candidate, recorder, cancel }: RunScope): void {
  cancel.start();
  if (candidate.committedAt === null) return;
  recorder.add(async (tx) => {
    await tx.run.update({ where: { id: candidate.id }, data: { committedAt: null } });
  });
}

/**
 * Reads the journal and the refs. A journal of this run in the phase `refs`, or the database's word that the refs were
 * about to be moved, counts only together with a ref that has moved: without one, nothing has happened yet. The journal of a
 * removal that is in the phase `publishing` was written once all was checked, and the next to change was a served file.
 */
async function findPosition(scope: RunScope): Promise<void> {
  const { target, candidate, moves, removals } = scope;
  scope.journal = await ownJournal(scope);
  const phase = scope.journal?.phase ?? null;
  if (!PHASES_BEFORE.includes(phase)) {
    goForward(scope);
    recordRecovery(scope);
    return;
  }
  const hasMoved = standingOf(target, [...moves, ...removals]).includes('resulting');
  if (hasMoved && (phase === 'refs' || wasAboutToMove(candidate))) {
    goForward(scope);
    recordRecovery(scope);
    return;
  }
  if (phase !== null) removeJournal(target);
  scope.journal = null;
  scope.isForward = false;
}

/**
 * Nothing is done again that a database restored from a backup no longer knows to be done: where the target holds a run
 * that is not on record, only what was asked for after that is carried out.
 *
 * @throws AppError `target-moved`
 */
async function assertDatabaseIsCurrent({ ctx, target, candidate, to }: RunScope): Promise<void> {
  const unknown = await findUnknownRun(ctx.db, target);
  if (unknown === null || candidate.createdAt.getTime() > Date.parse(unknown.recordedAt)) return;
  throw new AppError(
    'target-moved',
    `#${unknown.promotionNumber} was published in ${to.name} and is not on record, so the database is older than the repository; look at what differs, and ask anew`,
    { details: { stage: to.name, promotion: unknown.promotionNumber } },
  );
}

/** The journal of this run. One of a run that is on record is removed; one of any other run stops everything here. */
async function ownJournal(scope: RunScope): Promise<RunScope['journal']> {
  const { ctx, target, candidate, to } = scope;
  const journal = readJournal(target);
  if (journal === null || journal.runId === candidate.id) {
    if (journal && journal.planChecksum !== candidate.promotion.planChecksum) {
      throw new AppError(
        'target-damaged',
        `the journal in ${to.name} is of another plan of this run; look at it`,
      );
    }
    return journal;
  }
  const run = await ctx.db.run.findUnique({ where: { id: journal.runId } });
  if (run?.state === 'done') {
    await recordLastRun(ctx, target, journal);
    removeJournal(target);
    return null;
  }
  throw new AppError(
    'target-damaged',
    `${to.name} holds the journal of run ${journal.attempt} of #${journal.promotionNumber}, which is not on record as done; look at it before anything is published there`,
    { details: { stage: to.name, promotion: journal.promotionNumber } },
  );
}

function recordRecovery({ candidate, journal, recorder }: RunScope): void {
  if (candidate.state !== 'running' || candidate.retryAt !== null) return;
  recorder.event('run.recovered', { attempt: candidate.attempt, step: journal?.phase ?? 'refs' });
}

/** Shared on both repositories, or on the target alone where nothing of the source is needed. */
async function lockBoth(scope: RunScope, needsSource: boolean): Promise<RepoLock> {
  const { target, signal, recorder } = scope;
  const repos = needsSource ? [...new Set([openSource(scope), target])] : [target];
  const waiting = setTimeout(() => recorder.line('waiting for the lock of a repository'), 500);
  try {
    return await lockRepos(
      repos.map((repo) => ({ repo, kind: 'shared' })),
      { signal },
    );
  } finally {
    clearTimeout(waiting);
  }
}

function remainingSteps({ journal, plan, recorder }: RunScope): readonly Step[] {
  const phase = journal?.phase ?? 'refs';
  const isRemoved = isRemoval(plan);
  if (phase === 'refs' || phase === 'candidate') {
    return isRemoved ? removalSteps : [...stepsBefore, summaryStep, publishStep, probeStep];
  }
  const rest = { 'refs-written': 0, signed: 0, publishing: 1, published: 2 }[phase];
  const remaining = isRemoved
    ? removalSteps.slice(rest + 1)
    : [summaryStep, publishStep, probeStep].slice(rest);
  const names = remaining.map((step) => step.name);
  recorder.assumeDone(stepNameSchema.options.filter((name) => !names.includes(name)));
  return remaining;
}

async function doStep(scope: RunScope, { name, effect, work, doneAt }: Step): Promise<void> {
  const { recorder, candidate } = scope;
  if (!scope.isForward) {
    assertNotStopped(scope);
    await scope.cancel.look();
  }
  if (scope.lease.signal.aborted) assertNotStopped(scope);
  const { attempt } = candidate;
  if (effect) recorder.event('run.effect-intended', { attempt, step: name, effect: effect(scope) });
  if (recorder.step !== name) await recorder.begin(name);
  if (name === 'update-refs') faultPoint('refs-intended');
  await work(scope);
  if (effect) recorder.event('run.effect-done', { attempt, step: name, effect: effect(scope) });
  if (doneAt) faultPoint(doneAt);
}
