import { randomUUID } from 'node:crypto';
import { stepNamesOf } from '../contracts/promotion';
import { parsePlan } from '../promotion/plan-checksum';
import type { Reader, Transaction } from './client';
import type { Run, RunCancel, RunStep } from './generated/client';

export type RunCancelRow = RunCancel;
export type RunWithSteps = Run & { steps: RunStep[]; cancel: RunCancel | null };

/**
 * Queues the next run of a promotion, with its steps waiting. `activeKey` stays null until a worker claims
 * it: several runs may wait for one target, one is under way.
 *
 * @returns the run's attempt, counted from 1
 */
export async function enqueueRun(tx: Transaction, promotionId: string, createdAt: Date): Promise<number> {
  const last = await tx.run.findFirst({ where: { promotionId }, orderBy: { attempt: 'desc' } });
  const attempt = (last?.attempt ?? 0) + 1;
  const where = { id: promotionId };
  const { planJson } = await tx.promotion.findUniqueOrThrow({ where, select: { planJson: true } });
  await tx.run.create({
    data: {
      id: randomUUID(),
      promotionId,
      attempt,
      state: 'queued',
      createdAt,
      steps: {
        create: stepNamesOf(parsePlan(planJson)).map((name, position) => ({
          id: randomUUID(),
          position,
          name,
          state: 'waiting',
        })),
      },
    },
  });
  return attempt;
}

/**
 * Takes back the queued run of a promotion, if no worker has claimed it.
 * @returns whether none is left that could change the target
 */
export async function cancelQueuedRun(
  tx: Transaction,
  promotionId: string,
  at: Date,
  error: { code: string; message: string },
): Promise<boolean> {
  await tx.run.updateMany({
    where: { promotionId, state: 'queued' },
    data: {
      state: 'stale',
      endedAt: at,
      activeKey: null,
      errorCode: error.code,
      errorMessage: error.message,
    },
  });
  return (await tx.run.count({ where: { promotionId, state: { in: ['queued', 'running'] } } })) === 0;
}

/** Who asked to stop the run; null where nobody did. */
export function findRunCancel(db: Reader, runId: string): Promise<RunCancelRow | null> {
  return db.runCancel.findUnique({ where: { runId } });
}

/** Notes that somebody asks to stop the run; one that waits to be tried again is looked at at once. */
export async function insertRunCancel(tx: Transaction, row: RunCancelRow): Promise<void> {
  await tx.runCancel.create({ data: row });
  await tx.run.update({ where: { id: row.runId }, data: { retryAt: null } });
}

/** How many runs are queued, and how many under way. For /metrics. */
export async function readQueueState(db: Reader): Promise<{ queued: number; running: number }> {
  return {
    queued: await db.run.count({ where: { state: 'queued' } }),
    running: await db.run.count({ where: { state: 'running' } }),
  };
}

/** When each stage was last published to by Treeline, by the stage's id. */
export async function readLastPublished(db: Reader): Promise<Map<string, Date>> {
  const [published, edges] = await Promise.all([
    db.promotion.groupBy({
      by: ['edgeId'],
      where: { state: 'published', endedAt: { not: null } },
      _max: { endedAt: true },
    }),
    db.edge.findMany({ select: { id: true, toStageId: true } }),
  ]);
  const stageOf = new Map(edges.map(({ id, toStageId }) => [id, toStageId]));
  const last = new Map<string, Date>();
  for (const { edgeId, _max } of published) {
    const stageId = stageOf.get(edgeId);
    if (stageId === undefined || _max.endedAt === null) continue;
    if (_max.endedAt > (last.get(stageId) ?? 0)) last.set(stageId, _max.endedAt);
  }
  return last;
}

/**
 * Whether a worker is changing the stage, or has died doing so and not been followed yet. A run that waits to be tried
 * again changes nothing meanwhile; it may be waiting for just the change that somebody is about to make.
 */
export async function hasRunUnderWay(db: Reader, stageId: string): Promise<boolean> {
  return (await db.run.count({ where: { activeKey: stageId, retryAt: null } })) > 0;
}
