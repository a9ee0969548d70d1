import { AppError, isAppError } from '../errors';
import { type Checksum, parseChecksum } from '../ostree/format/checksum';
import type { Repo } from '../ostree/repo/open-repo';
import { resolveRef } from '../ostree/repo/resolve-rev';
import { tryLockRepo } from '../ostree/write/lock';
import { dueRuns, type WaitingRuns } from './due-runs';
import { hashCommits } from './hash-commits';
import { openStage } from './open-stage';
import type { WorkerContext } from './worker-context';

const lookForRunsMilliseconds = 300;

/** Heads that turned out damaged, by row and checksum: looked at once per process. */
export type DamagedHeads = Set<string>;

/**
 * While nothing is to be promoted: verifies one adopted head of a target, object by object, so that the first promotion
 * onto it need not (departure 4). Stops at once when a run waits; what was begun is done anew another time.
 *
 * @returns whether there was a head to verify, and it was gone through
 */
export async function verifyOneHead(
  ctx: WorkerContext,
  signal: AbortSignal,
  { damaged, waiting }: { damaged: DamagedHeads; waiting: WaitingRuns },
): Promise<boolean> {
  const rows = await ctx.db.ledgerRef.findMany({
    where: { verifiedAt: null, stage: { incoming: { some: {} } } },
    orderBy: [{ stageId: 'asc' }, { ref: 'asc' }],
    include: { stage: { include: { ledger: { where: { verifiedAt: { not: null } } } } } },
  });
  const row = rows.find((each) => !damaged.has(`${each.id} ${each.checksum}`));
  if (!row) return false;
  const { stage, ref } = row;
  const checksum = parseChecksum(row.checksum);
  const trusted = stage.ledger.map((each) => ({ ref: each.ref, checksum: parseChecksum(each.checksum) }));
  try {
    const objects = await verifyHead(ctx, stage, { ref, checksum, trusted, signal, waiting });
    // Nobody wrote another value meanwhile, or it says nothing of that one.
    const where = { id: row.id, checksum: row.checksum, verifiedAt: null };
    await ctx.db.ledgerRef.updateMany({ where, data: { verifiedAt: ctx.clock.now() } });
    ctx.log.info({ stage: stage.name, ref, objects }, 'verified an adopted head');
    return true;
  } catch (error) {
    if (!isAppError(error) || error.code === 'ostree/aborted') return rethrowUnlessStopped(error);
    damaged.add(`${row.id} ${row.checksum}`);
    ctx.log.warn({ error, stage: stage.name, ref }, 'an adopted head could not be verified');
    return true;
  }
}

function rethrowUnlessStopped(error: unknown): false {
  if (isAppError(error, 'ostree/aborted')) return false;
  throw error;
}

interface HeadToVerify {
  ref: string;
  checksum: Checksum;
  /** What is known to be whole, as far as refs still name it. */
  trusted: readonly { ref: string; checksum: Checksum }[];
  signal: AbortSignal;
  waiting: WaitingRuns;
}

async function verifyHead(
  ctx: WorkerContext,
  stage: { name: string; repoPath: string; repoDev: string; repoIno: string },
  { ref, checksum, trusted, signal, waiting }: HeadToVerify,
): Promise<number> {
  const repo = openStage(ctx, stage);
  const lock = tryLockRepo(repo, 'shared');
  try {
    if (lock === null) throw new AppError('ostree/aborted', `${repo.path} is being pruned`);
    if (resolveRef(repo, ref) !== checksum) {
      throw new AppError('target-drifted', `${ref} in ${stage.name} is not where it was adopted`);
    }
    const trustedHeads = trusted
      .filter((each) => resolveRef(repo, each.ref) === each.checksum)
      .map((each) => each.checksum);
    return await verifyObjectsOf(ctx, repo, { checksum, trustedHeads, signal, waiting });
  } finally {
    lock?.release();
    repo.close();
  }
}

interface HeadObjects {
  checksum: Checksum;
  trustedHeads: Checksum[];
  signal: AbortSignal;
  waiting: WaitingRuns;
}

/**
 * Hashes every object of a commit that no trusted head has.
 * @returns how many
 * @throws AppError `ostree/object-corrupt`, `ostree/object-missing`; `ostree/aborted` where a run is to be taken up
 */
export async function verifyObjectsOf(
  ctx: WorkerContext,
  repo: Repo,
  { checksum, trustedHeads, signal, waiting }: HeadObjects,
): Promise<number> {
  if (trustedHeads.includes(checksum)) return 0;
  let lookedAt = performance.now();
  const afterBatch = async () => {
    if (performance.now() - lookedAt < lookForRunsMilliseconds) return;
    for await (const due of dueRuns(ctx, waiting)) {
      throw new AppError('ostree/aborted', `#${due.promotion.number} is to be run`);
    }
    lookedAt = performance.now();
  };
  return hashCommits(repo, [checksum], { trustedHeads, signal, afterBatch });
}
