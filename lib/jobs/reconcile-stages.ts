import type { AuditData, AuditKind } from '../audit/event-kinds';
import { recordAudit } from '../audit/record-audit';
import { inTransaction, type Reader, type Transaction } from '../db/client';
import { hasRunUnderWay } from '../db/run';
import { readSetting, writeSetting } from '../db/setting';
import { findLedger, findStages, type StageRow, type StageWithKeys } from '../db/stage';
import { isAppError } from '../errors';
import { listRefs } from '../ostree/repo/list-refs';
import type { Repo } from '../ostree/repo/open-repo';
import { tryLockProduct } from '../ostree/write/lock';
import { findSummary, findSummaryDrift } from './find-summary-drift';
import { findUnknownRun } from './find-unknown-run';
import { readJournal } from './journal';
import { openStage } from './open-stage';
import type { WorkerContext } from './worker-context';

type Differences = AuditData<'stage.differs'>;
/** The last of these tells whether a difference is still to be said. */
const SAYING: AuditKind[] = ['stage.differs', 'stage.agrees', 'stage.refs-adopted', 'run.published'];
const refsMax = 100;

/**
 * Disk is the truth: compares each target with what the database says of it, and writes what differs into the history, once
 * as long as it stays the same, and when it differs no more. Changes nothing else but the next promotion number, which must be
 * none that was published. A target that a run is changing is left to that run.
 */
export async function reconcileStages(ctx: WorkerContext): Promise<void> {
  const targets = new Set(
    (await ctx.db.edge.findMany({ select: { toStageId: true } })).map((edge) => edge.toStageId),
  );
  for (const stage of await findStages(ctx.db)) {
    if (!targets.has(stage.id)) continue;
    try {
      await reconcileStage(ctx, stage);
    } catch (error) {
      if (!isAppError(error) || error.code === 'database-unavailable') throw error;
      ctx.log.warn({ error, stage: stage.name }, 'could not compare a stage with the database');
    }
  }
}

async function reconcileStage(ctx: WorkerContext, stage: StageWithKeys): Promise<void> {
  const target = openStage(ctx, stage);
  try {
    const lock = tryLockProduct(target);
    if (lock === null) return;
    try {
      if (readJournal(target) !== null || (await hasRunUnderWay(ctx.db, stage.id))) return;
      const differences = await findDifferences(ctx, stage, target);
      if (await isSaid(ctx.db, stage, differences)) return;
      if (differs(differences)) {
        ctx.log.warn({ stage: stage.name, ...differences }, 'the repository and the database differ');
      }
      await inTransaction(ctx.db, (tx) => record(tx, ctx, stage, differences));
    } finally {
      lock.release();
    }
  } finally {
    target.close();
  }
}

async function findDifferences(ctx: WorkerContext, stage: StageWithKeys, target: Repo): Promise<Differences> {
  const known = new Map((await findLedger(ctx.db, stage.id)).map((row) => [row.ref, row.checksum]));
  const found = new Map(listRefs(target).map((entry) => [entry.ref, entry.checksum as string]));
  const refs = [...new Set([...known.keys(), ...found.keys()])]
    .filter((ref) => known.get(ref) !== found.get(ref))
    .sort()
    .map((ref) => ({ ref, known: known.get(ref) ?? null, found: found.get(ref) ?? null }));
  const unknown = await findUnknownRun(ctx.db, target);
  const summary = await findSummaryDrift(ctx.db, stage, findSummary(target));
  return {
    refs: refs.slice(0, refsMax),
    refCount: refs.length,
    unknownPromotion: unknown?.promotionNumber ?? null,
    ...(summary !== null && { summary }),
  };
}

const differs = ({ refCount, unknownPromotion, summary }: Differences) =>
  refCount > 0 || unknownPromotion !== null || summary !== undefined;

/** Whether the history says already how the two stand. */
async function isSaid(db: Reader, stage: StageRow, differences: Differences): Promise<boolean> {
  const last = await db.auditEvent.findFirst({
    where: { stageName: stage.name, kind: { in: SAYING } },
    orderBy: { seq: 'desc' },
  });
  if (last?.kind !== 'stage.differs') return !differs(differences);
  return isSame(JSON.parse(last.dataJson) as Differences, differences);
}

async function record(
  tx: Transaction,
  ctx: WorkerContext,
  stage: StageRow,
  differences: Differences,
): Promise<void> {
  const { unknownPromotion } = differences;
  const next = Number((await readSetting(tx, 'nextPromotionNumber')) ?? '1');
  if (unknownPromotion !== null && unknownPromotion >= next) {
    await writeSetting(tx, 'nextPromotionNumber', String(unknownPromotion + 1));
  }
  // Another worker may have been first.
  if (await isSaid(tx, stage, differences)) return;
  const about = { at: ctx.clock.now(), actor: { id: null, name: 'worker' }, stage: stage.name };
  await recordAudit(
    tx,
    differs(differences)
      ? { kind: 'stage.differs', ...about, data: differences }
      : { kind: 'stage.agrees', ...about, data: {} },
  );
}

function isSame(left: Differences, right: Differences): boolean {
  const text = ({ refs, refCount, unknownPromotion, summary }: Differences) =>
    JSON.stringify([
      refs.map(({ ref, known, found }) => [ref, known, found]),
      refCount,
      unknownPromotion,
      summary,
    ]);
  return text(left) === text(right);
}
