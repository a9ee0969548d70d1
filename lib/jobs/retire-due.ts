import { recordAudit } from '../audit/record-audit';
import type { RetirementCounts } from '../contracts/retirement';
import { inTransaction, type Reader } from '../db/client';
import { findNeededCommits } from '../db/needed-commits';
import {
  beginRetirement,
  endRetirement,
  findDueRetirements,
  noteRetirementProblem,
  type RetirementWithStage,
  retiredCommits,
  retiredRefs,
  retirementCounts,
} from '../db/retirement';
import { hasRunUnderWay } from '../db/run';
import { AppError } from '../errors';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import { listRefNames } from '../ostree/repo/list-refs';
import type { Repo } from '../ostree/repo/open-repo';
import { findCommit } from '../ostree/repo/read-commit';
import { walkHistory } from '../ostree/repo/walk-history';
import { type RepoLock, tryLockProduct } from '../ostree/write/lock';
import { reindexDeltas } from '../ostree/write/reindex-deltas';
import { type RetireResult, retireCommits } from '../ostree/write/retire-commits';
import { faultPoint } from './fault-point';
import { findUnknownRun } from './find-unknown-run';
import { readJournal } from './journal';
import { openStage } from './open-stage';
import type { WorkerContext } from './worker-context';
import { failureOf } from './worker-error';

/** When something keeps a worker from it, how long until one looks again, in milliseconds. */
const againMilliseconds = 60_000;
/** How long it waits for those who read or write the repository, in seconds: they come first. */
const lockSeconds = 2;

const worker = { id: null, name: 'worker' };

/**
 * Deletes what one removal left without a ref, once its grace is over. The product lock of the stage is held meanwhile, so
 * one worker does it and no run goes on there; whoever was killed at it is followed by another. What goes is worked out anew:
 * nothing that a ref leads to, also one that is back, that the served summary names, or that findNeededCommits gives. Without
 * its row nothing is deleted.
 *
 * @returns whether something was done
 */
export async function retireOne(ctx: WorkerContext, signal: AbortSignal): Promise<boolean> {
  for (const row of await findDueRetirements(ctx.db, ctx.clock.now())) {
    if (signal.aborted) return false;
    try {
      if (await retire(ctx, row, signal)) return true;
      await lookAgainLater(ctx, row, null);
    } catch (error) {
      await noteProblem(ctx, row, error);
    }
  }
  return false;
}

async function noteProblem(ctx: WorkerContext, row: RetirementWithStage, error: unknown): Promise<void> {
  const { code, message } = failureOf(error);
  if (code === 'database-unavailable') throw error;
  if (code === 'ostree/aborted') return;
  // Somebody is at the repository: that is no news, and passes.
  const isBusy = code === 'ostree/lock-timeout';
  if (!isBusy) ctx.log.warn({ error, retirement: row.id, stage: row.stage.name }, 'could not delete commits');
  await lookAgainLater(ctx, row, isBusy ? null : message.slice(0, 2000));
}

function lookAgainLater(
  { db, clock }: WorkerContext,
  row: RetirementWithStage,
  errorMessage: string | null,
): Promise<void> {
  const retryAt = new Date(clock.now().getTime() + againMilliseconds);
  return noteRetirementProblem(db, row.id, { errorMessage, retryAt });
}

/** @returns whether it is done; false where somebody else is at the stage */
async function retire(ctx: WorkerContext, row: RetirementWithStage, signal: AbortSignal): Promise<boolean> {
  const repo = openStage(ctx, row.stage);
  try {
    const lock = tryLockProduct(repo);
    if (lock === null) return false;
    try {
      if (readJournal(repo) !== null || (await hasRunUnderWay(ctx.db, row.stageId))) return false;
      await assertDatabaseIsCurrent(ctx, row, repo);
      await deleteCommits(ctx, { row, repo, refs: new Set(listRefNames(repo)), lock, signal });
      return true;
    } finally {
      lock.release();
    }
  } finally {
    repo.close();
  }
}

/** A database that was restored from a backup does not know what has become of the stage since. */
async function assertDatabaseIsCurrent(
  ctx: WorkerContext,
  { stage }: RetirementWithStage,
  repo: Repo,
): Promise<void> {
  const unknown = await findUnknownRun(ctx.db, repo);
  if (unknown === null) return;
  throw new AppError(
    'target-moved',
    `#${unknown.promotionNumber} was published in ${stage.name} and is not on record, so the database is older than the repository; nothing is deleted`,
    { details: { stage: stage.name, promotion: unknown.promotionNumber } },
  );
}

interface Work {
  row: RetirementWithStage;
  repo: Repo;
  /** That the stage has. */
  refs: ReadonlySet<string>;
  lock: RepoLock;
  signal: AbortSignal;
}

async function deleteCommits(ctx: WorkerContext, work: Work): Promise<void> {
  const { row, repo, lock, signal } = work;
  const { stage } = row;
  const roots = await readRoots(ctx.db, work, ctx.clock.now());
  const result = await retireCommits(repo, {
    commits: retiredCommits(row)?.map(parseChecksum) ?? listLeft(work),
    roots,
    signal,
    lockTimeoutSeconds: lockSeconds,
    onBegin: (begun) => begin(ctx, work, roots, begun),
    assertMayRemove: () => {
      faultPoint('retiring');
      if (lock.isInPlace()) return;
      throw new AppError('lease-lost', `this worker no longer has the lock of ${stage.name}`);
    },
  });
  faultPoint('retired');
  // An index that names what is gone is of no use to anybody.
  reindexDeltas(repo);
  const counts = retirementCounts(row) ?? countsOf(result);
  const endedAt = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    if (!(await endRetirement(tx, row.id, { counts, endedAt }))) return;
    await recordAudit(tx, { kind: 'retirement.done', ...aboutOf(row), at: endedAt, data: counts });
  });
  faultPoint('retirement-recorded');
  ctx.log.info({ stage: stage.name, promotion: row.promotionNumber, ...counts }, 'deleted commits');
}

/** The commits that the removed refs led to, as far as they are here. A ref that is back keeps all that it led to. */
function listLeft({ repo, row, refs }: Work): Set<Checksum> {
  const left = new Set<Checksum>();
  const keep = new Set<Checksum>();
  for (const { ref, checksum } of retiredRefs(row)) {
    const head = parseChecksum(checksum);
    if (findCommit(repo, head) === null) continue;
    for (const commit of walkHistory(repo, head)) (refs.has(ref) ? keep : left).add(commit.checksum);
  }
  for (const checksum of keep) left.delete(checksum);
  return left;
}

async function readRoots(db: Reader, { row, refs }: Work, now: Date): Promise<Set<Checksum>> {
  const needed = await findNeededCommits(db, row.stageId, refs, now);
  return new Set([...needed].map(parseChecksum));
}

/**
 * Records what is about to go, in one transaction that looks once more at who needs it: what is asked for after that finds it
 * gone, and says so.
 *
 * @throws AppError `state-changed` where somebody wants it kept, or has asked for something meanwhile
 */
async function begin(
  ctx: WorkerContext,
  work: Work,
  roots: ReadonlySet<Checksum>,
  begun: RetireResult,
): Promise<void> {
  const { row } = work;
  if (row.state === 'deleting' || begun.commits.length === 0) return;
  const counts = countsOf(begun);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const now = await readRoots(tx, work, at);
    if ([...now].some((checksum) => !roots.has(checksum))) {
      throw new AppError('state-changed', 'a promotion was asked for just now; it is looked at again');
    }
    if (!(await beginRetirement(tx, row.id, { commits: begun.commits, counts }))) {
      throw new AppError('state-changed', 'somebody wants these commits kept');
    }
    const { commits, objects, bytes } = counts;
    await recordAudit(tx, {
      kind: 'retirement.began',
      ...aboutOf(row),
      at,
      data: { commits, objects, bytes },
    });
  });
  faultPoint('retirement-begun');
}

function countsOf({ commits, kept, objects, bytes, freedBytes, deltas }: RetireResult): RetirementCounts {
  return {
    commits: commits.length,
    kept,
    objects,
    bytes: String(bytes),
    freedBytes: String(freedBytes),
    deltas: deltas.length,
  };
}

function aboutOf(row: RetirementWithStage) {
  return { actor: worker, stage: row.stage.name, promotion: row.promotionNumber };
}
