import { z } from 'zod';
import { type Actor, auditActorOf, type ClientActor } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import {
  approvalPolicyOf,
  type CreatePromotionInput,
  createPromotionSchema,
  emergencyOf,
  type PlanResultDto,
  type PromotionDto,
} from '../contracts/promotion';
import { inTransaction, type Transaction } from '../db/client';
import { findEdgeById } from '../db/edge';
import { findOpenPromotionsInto, findPromotionByIdempotencyKey } from '../db/promotion';
import { AppError } from '../errors';
import { canonicalJson } from '../promotion/canonical-json';
import { openStates } from '../promotion/state-machine';
import { readApprovalPolicy, readEmergencyPolicy } from './approval-settings';
import { authoriseRequest } from './authorise-request';
import { refuseEmergency } from './emergency-access';
import { getPromotion } from './get-promotion';
import { makePlan } from './make-plan';
import { parseInput } from './parse-input';
import { refuseSchedule } from './refuse-schedule';
import type { ServiceContext } from './service-context';
import { type Asking, storePromotion } from './store-promotion';

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
 *   already; as `refuseEmergency`, `requireSupersedable` and `makePlan`
 */
export async function createPromotion(
  ctx: ServiceContext,
  actor: Actor,
  input: CreatePromotionInput & { idempotencyKey?: string },
): Promise<PromotionDto> {
  authorise(actor, 'promotion.request', SOME_STAGE);
  if (actor.kind === 'system') throw new AppError('forbidden', 'only people and service accounts ask');
  const { idempotencyKey, ...rest } = input;
  const wanted = parseInput(createPromotionSchema, rest);
  const along = await authoriseRequest(ctx.db, actor, wanted);
  const key =
    idempotencyKey === undefined ? null : `${actor.id}:${parseInput(idempotencyKeySchema, idempotencyKey)}`;
  const earlier = key === null ? null : await findPromotionByIdempotencyKey(ctx.db, key);
  if (earlier) {
    refuseOtherRequest(earlier, wanted);
    return getPromotion(ctx, actor, earlier.number);
  }

  const { kind, edge, refs, notBefore, emergency, supersedes } = wanted;
  const asked = { kind, edge, refs, notBefore, emergency };
  await refuseEmergency(ctx.db, actor, asked, along);
  refuseSchedule(notBefore, ctx.clock.now());
  const result = await makePlan(ctx, asked, { sponsorIds: sponsorIdsOf(actor), superseded: supersedes });
  refusePlan(result, wanted.planChecksum);
  const number = await inTransaction(ctx.db, async (tx) => {
    const again = key === null ? null : await findPromotionByIdempotencyKey(tx, key);
    if (again) {
      refuseOtherRequest(again, wanted);
      return again.number;
    }
    await refuseStale(tx, result);
    return storePromotion(tx, {
      result,
      reason: wanted.reason,
      at: ctx.clock.now(),
      asker: askerOf(actor),
      key,
      supersedes,
    });
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
export async function refuseStale(tx: Transaction, { plan, planChecksum }: PlanResultDto): Promise<void> {
  const edge = await findEdgeById(tx, plan.edge.id);
  if (edge?.policyVersion !== plan.policyVersion) {
    throw new AppError('plan-changed', 'the policy of the edge was changed just now; look at the plan again');
  }
  const policy = await readApprovalPolicy(tx, edge);
  if (canonicalJson(policy) !== canonicalJson(approvalPolicyOf(plan))) {
    throw new AppError('plan-changed', 'a group of its rules was changed just now; look at the plan again');
  }
  const emergency = emergencyOf(plan);
  if (emergency && canonicalJson(emergency) !== canonicalJson(await readEmergencyPolicy(tx, edge))) {
    throw new AppError(
      'plan-changed',
      'the group for emergencies was changed just now; look at the plan again',
    );
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

/** The people behind the token that somebody asks with; nobody where they ask for themselves. */
export function sponsorIdsOf(actor: Actor): readonly string[] {
  return actor.kind === 'service' ? actor.sponsorIds : [];
}

function askerOf(actor: ClientActor): Asking['asker'] {
  return {
    id: actor.id,
    isPerson: actor.kind === 'person',
    sponsorIds: sponsorIdsOf(actor),
    token: actor.kind === 'service' ? actor.tokenName : null,
    session: actor.kind === 'person' ? actor.sessionId : null,
    audit: auditActorOf(actor),
  };
}
