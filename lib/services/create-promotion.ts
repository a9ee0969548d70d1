import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf, type ClientActor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  approvalPolicyOf,
  type CreatePromotionInput,
  createPromotionSchema,
  type Plan,
  type PlanResultDto,
  type PromotionDto,
} from '../contracts/promotion';
import { inTransaction, type Transaction } from '../db/client';
import { findEdgeById } from '../db/edge';
import {
  type FullPromotion,
  findOpenPromotionsInto,
  findPromotionByIdempotencyKey,
  insertPromotion,
  type NewPromotionRef,
} from '../db/promotion';
import { takePromotionNumber } from '../db/setting';
import { insertSightings } from '../db/source-sighting';
import { AppError } from '../errors';
import { canonicalJson } from '../promotion/canonical-json';
import { planJson } from '../promotion/plan-checksum';
import { openStates } from '../promotion/state-machine';
import { readApprovalPolicy } from './approval-settings';
import { getPromotion } from './get-promotion';
import { makePlan } from './make-plan';
import { parseInput } from './parse-input';
import { refuseSchedule } from './refuse-schedule';
import type { ServiceContext } from './service-context';
import { requireSupersedable, supersede } from './supersede-promotion';

const idempotencyKeySchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'use printable ASCII');

/**
 * Asks for a promotion of exactly the plan that was looked at: it is worked out again here, and must have the checksum
 * that is sent back. With an `idempotencyKey` a request that is sent twice makes one promotion.
 *
 * @throws AppError `plan-changed`; `plan-blocked` with the check that fails; `conflict` where the same is open
 *   already; as `requireSupersedable`, and as `makePlan`
 */
export async function createPromotion(
  ctx: ServiceContext,
  actor: Actor,
  input: CreatePromotionInput & { idempotencyKey?: string },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.request');
  if (actor.kind === 'system') throw new AppError('forbidden', 'only people and service accounts ask');
  const { idempotencyKey, ...rest } = input;
  const wanted = parseInput(createPromotionSchema, rest);
  const key =
    idempotencyKey === undefined ? null : `${actor.id}:${parseInput(idempotencyKeySchema, idempotencyKey)}`;
  const earlier = key === null ? null : await findPromotionByIdempotencyKey(ctx.db, key);
  if (earlier) {
    refuseOtherRequest(earlier, wanted);
    return getPromotion(ctx, actor, earlier.number);
  }

  const { edge, refs, notBefore } = wanted;
  refuseSchedule(notBefore, ctx.clock.now());
  const asked = { edge, refs, ...(notBefore !== undefined && { notBefore }) };
  const result = await makePlan(ctx, asked, sponsorIdsOf(actor));
  refusePlan(result, wanted.planChecksum);
  const number = await inTransaction(ctx.db, async (tx) => {
    const again = key === null ? null : await findPromotionByIdempotencyKey(tx, key);
    if (again) {
      refuseOtherRequest(again, wanted);
      return again.number;
    }
    await refuseStale(tx, result);
    await noteSourceCommits(tx, result.plan, ctx.clock.now());
    const { reason, supersedes } = wanted;
    return insert(tx, { ctx, actor, result, reason, key, supersedes });
  });
  return getPromotion(ctx, actor, number);
}

function refuseOtherRequest(
  earlier: { number: number; planChecksum: string; reason: string },
  wanted: CreatePromotionInput,
): void {
  if (earlier.planChecksum === wanted.planChecksum && earlier.reason === wanted.reason) return;
  throw new AppError(
    'conflict',
    `this Idempotency-Key was used for #${earlier.number}, which is another request`,
  );
}

/** @throws AppError `plan-changed`, `plan-blocked` */
export function refusePlan(result: PlanResultDto, planChecksum: string): void {
  if (result.planChecksum !== planChecksum) {
    throw new AppError('plan-changed', 'the plan has changed since you looked at it; look at it again', {
      details: { planChecksum: result.planChecksum },
    });
  }
  refuseBlocked(result);
}

/** @throws AppError `keys-insufficient` or `plan-blocked`, with what the first failing check says */
export function refuseBlocked(result: PlanResultDto): void {
  const failed = result.facts.checks.find((check) => check.result === 'fail');
  if (!failed) return;
  throw new AppError(failed.code === 'keys' ? 'keys-insufficient' : 'plan-blocked', failed.detail, {
    details: { check: failed.code, ref: failed.ref },
  });
}

/** What may have changed between planning and the transaction. */
async function refuseStale(tx: Transaction, { plan, planChecksum }: PlanResultDto): Promise<void> {
  const edge = await findEdgeById(tx, plan.edge.id);
  if (edge?.policyVersion !== plan.policyVersion) {
    throw new AppError('plan-changed', 'the policy of the edge was changed just now; look at the plan again');
  }
  const policy = await readApprovalPolicy(tx, edge);
  if (canonicalJson(policy) !== canonicalJson(approvalPolicyOf(plan))) {
    throw new AppError('plan-changed', 'a group of its rules was changed just now; look at the plan again');
  }
  const refs = plan.refs.map((ref) => ref.targetRef);
  const open = await findOpenPromotionsInto(tx, edge.toStageId, refs, openStates);
  const same = open.find((each) => each.planChecksum === planChecksum);
  if (same) {
    throw new AppError('conflict', `#${same.number} asks for exactly this already`, {
      details: { promotion: same.number },
    });
  }
}

async function insert(
  tx: Transaction,
  of: {
    ctx: ServiceContext;
    actor: ClientActor;
    result: PlanResultDto;
    reason: string;
    key: string | null;
    supersedes: number | undefined;
  },
): Promise<number> {
  const { plan, planChecksum, facts } = of.result;
  const at = of.ctx.clock.now();
  const older = of.supersedes === undefined ? null : await findOlder(tx, of.supersedes, of);
  const number = await takePromotionNumber(tx);
  await insertPromotion(
    tx,
    {
      id: randomUUID(),
      number,
      edgeId: plan.edge.id,
      requesterId: of.actor.id,
      sponsorIds: JSON.stringify(sponsorIdsOf(of.actor)),
      reason: of.reason,
      state: 'requested',
      planJson: planJson(plan),
      planChecksum,
      factsJson: JSON.stringify(facts),
      idempotencyKey: of.key,
      supersedes: older?.number ?? null,
      createdAt: at,
    },
    promotionRefs(of.result),
  );
  await recordAudit(tx, {
    kind: 'promotion.requested',
    at,
    actor: auditActorOf(of.actor),
    stage: plan.edge.to,
    promotion: number,
    data: {
      from: plan.edge.from,
      to: plan.edge.to,
      planChecksum,
      refs: plan.refs.map((ref) => ref.targetRef),
      reason: of.reason,
      ...(of.actor.kind === 'service' && { token: of.actor.tokenName }),
      ...(plan.notBefore !== undefined && { notBefore: plan.notBefore }),
    },
  });
  if (older) await supersede(tx, older, { by: number, at, actor: auditActorOf(of.actor) });
  return number;
}

function findOlder(
  tx: Transaction,
  number: number,
  { result, actor }: { result: PlanResultDto; actor: ClientActor },
): Promise<FullPromotion> {
  return requireSupersedable(tx, number, {
    edgeId: result.plan.edge.id,
    refs: result.plan.refs,
    supersedable: result.supersedable.map((each) => each.number),
    asker: { id: actor.id, isPerson: actor.kind === 'person' },
  });
}

/** From here on at the latest a soak time runs, also for a commit that was never seen as a head. */
export async function noteSourceCommits(tx: Transaction, plan: Plan, at: Date): Promise<void> {
  const edge = await findEdgeById(tx, plan.edge.id);
  if (!edge || edge.soakHours === 0) return;
  const commits = plan.refs.map(({ sourceRef, sourceChecksum }) => ({
    ref: sourceRef,
    checksum: sourceChecksum,
  }));
  await insertSightings(tx, edge.fromStageId, commits, at);
}

/** The people behind the token that somebody asks with; nobody where they ask for themselves. */
export function sponsorIdsOf(actor: Actor): readonly string[] {
  return actor.kind === 'service' ? actor.sponsorIds : [];
}

/** The rows that stand for the refs of a plan, to find promotions by. */
export function promotionRefs({ plan }: Pick<PlanResultDto, 'plan'>): NewPromotionRef[] {
  return plan.refs.map(({ sourceRef, targetRef, sourceChecksum, expectedChecksum, resultingChecksum }) => ({
    id: randomUUID(),
    sourceRef,
    targetRef,
    sourceChecksum,
    expectedChecksum,
    resultingChecksum,
  }));
}
