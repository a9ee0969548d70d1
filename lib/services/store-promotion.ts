import { randomUUID } from 'node:crypto';
import { type AuditActor, recordAudit } from '../audit/record-audit';
import { emergencyOf, isWithinStage, type Plan, type PlanResultDto } from '../contracts/promotion';
import type { Transaction } from '../db/client';
import { findEdgeById } from '../db/edge';
import { readEligibility } from '../db/group';
import { type FullPromotion, insertPromotion, type NewPromotionRef } from '../db/promotion';
import { enqueueRun } from '../db/run';
import { takePromotionNumber } from '../db/setting';
import { insertSightings } from '../db/source-sighting';
import { AppError } from '../errors';
import { planJson } from '../promotion/plan-checksum';
import { waiverOf } from '../promotion/waiver';
import { requireSupersedable, supersede } from './supersede-promotion';

/** A request that is about to be stored. */
export interface Asking {
  result: PlanResultDto;
  reason: string;
  at: Date;
  asker: {
    /** Of the account. */
    id: string;
    isPerson: boolean;
    /** The people behind its token. */
    sponsorIds: readonly string[];
    /** The name of the token, where a program asks. */
    token: string | null;
    /** The session's id, where a person asks. */
    session: string | null;
    /** As the history names who asks. */
    audit: AuditActor;
  };
  /** What the same request sent twice is known by. */
  key: string | null;
  /** Number of an older request that ends with it. */
  supersedes: number | undefined;
}

/**
 * Stores a request with its events; soak times run from here on at the latest. Where its plan runs without approvals, that
 * is proven here too, and its run queued.
 *
 * @returns its number
 * @throws AppError `forbidden` where what is to let it through does not hold; as `requireSupersedable`
 */
export async function storePromotion(tx: Transaction, asking: Asking): Promise<number> {
  const { at, asker, result } = asking;
  const { plan, planChecksum } = result;
  const older = asking.supersedes === undefined ? null : await findOlder(tx, asking.supersedes, asking);
  const isWaived = await isLetThrough(tx, asking);
  await noteSourceCommits(tx, plan, at);
  const number = await takePromotionNumber(tx);
  const id = randomUUID();
  const row = {
    id,
    number,
    edgeId: plan.edge.id,
    requesterId: asker.id,
    sponsorIds: JSON.stringify(asker.sponsorIds),
    reason: asking.reason,
    state: isWaived ? 'approved' : 'requested',
    planJson: planJson(plan),
    planChecksum,
    factsJson: JSON.stringify(result.facts),
    idempotencyKey: asking.key,
    supersedes: older?.number ?? null,
    isEmergency: emergencyOf(plan) !== null,
    createdAt: at,
    decidedAt: isWaived ? at : null,
  };
  await insertPromotion(tx, row, promotionRefs(result));
  const about = { at, actor: asker.audit, stage: plan.edge.to, promotion: number };
  await recordRequest(tx, asking, about);
  if (older) await supersede(tx, older, { by: number, at, actor: asker.audit });
  if (isWaived) {
    const attempt = await enqueueRun(tx, id, at);
    await recordAudit(tx, { kind: 'run.queued', ...about, data: { attempt } });
  }
  return number;
}

async function recordRequest(
  tx: Transaction,
  { result: { plan, planChecksum, facts }, reason, asker }: Asking,
  about: { at: Date; actor: AuditActor; stage: string; promotion: number },
): Promise<void> {
  await recordAudit(tx, {
    kind: 'promotion.requested',
    ...about,
    data: {
      from: plan.edge.from,
      to: plan.edge.to,
      planChecksum,
      refs: plan.refs.map((ref) => ref.targetRef),
      reason,
      ...(asker.token !== null && { token: asker.token }),
      ...(plan.notBefore !== undefined && { notBefore: plan.notBefore }),
      ...(plan.kind !== 'promote' && { kind: plan.kind }),
    },
  });
  const emergency = emergencyOf(plan);
  if (emergency === null) return;
  const passed = facts.checks.find(({ code }) => code === 'emergency')?.detail ?? '';
  const { group, reviewHours } = emergency;
  const data = { planChecksum, group, reviewHours, reason, passed, session: asker.session };
  await recordAudit(tx, { kind: 'promotion.emergency', ...about, data });
}

/** Whether its plan needs no approvals. @throws AppError `forbidden` where it says so, and that does not hold */
async function isLetThrough(tx: Transaction, { result, asker }: Asking): Promise<boolean> {
  const edge = await findEdgeById(tx, result.plan.edge.id);
  if (!edge) return false;
  const waiver = waiverOf(result.plan, {
    edge,
    requesterId: asker.id,
    replannedById: null,
    sponsorIds: JSON.stringify(asker.sponsorIds),
  });
  const why = waiver?.(await readEligibility(tx, edge.toStageId)) ?? null;
  if (why !== null) throw new AppError('forbidden', why);
  return waiver !== null;
}

function findOlder(tx: Transaction, number: number, { result, asker }: Asking): Promise<FullPromotion> {
  return requireSupersedable(tx, number, {
    edgeId: result.plan.edge.id,
    refs: result.plan.refs,
    supersedable: result.supersedable.map((each) => each.number),
    asker,
  });
}

/** From here on at the latest a soak time runs, also for a commit that was never seen as a head. */
export async function noteSourceCommits(tx: Transaction, plan: Plan, at: Date): Promise<void> {
  const edge = await findEdgeById(tx, plan.edge.id);
  if (!edge || edge.soakHours === 0 || isWithinStage(plan)) return;
  const commits = plan.refs.map(({ sourceRef, sourceChecksum }) => ({
    ref: sourceRef,
    checksum: sourceChecksum,
  }));
  await insertSightings(tx, edge.fromStageId, commits, at);
}

/** The rows that stand for the refs of a plan, to find promotions by, and which of them are older choices. */
export function promotionRefs({ plan, facts }: Pick<PlanResultDto, 'plan' | 'facts'>): NewPromotionRef[] {
  const chosen = new Set(facts.refs.filter((ref) => ref.isOlderChoice).map((ref) => ref.targetRef));
  return plan.refs.map(({ sourceRef, targetRef, sourceChecksum, expectedChecksum, resultingChecksum }) => ({
    id: randomUUID(),
    isOlderChoice: chosen.has(targetRef),
    sourceRef,
    targetRef,
    sourceChecksum,
    expectedChecksum,
    resultingChecksum,
  }));
}
