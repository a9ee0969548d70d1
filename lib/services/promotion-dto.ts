import { z } from 'zod';
import type { PersonActor } from '../auth/actor';
import { can } from '../auth/permissions';
import {
  type ApprovalDto,
  type PromotionRowDto,
  type PromotionState,
  planFactsSchema,
  promotionStateSchema,
  type RunDto,
  type RunStepDto,
  runSchema,
  stepNameSchema,
  stepStateSchema,
} from '../contracts/promotion';
import type { FullPromotion } from '../db/promotion';
import type { RunWithSteps } from '../db/run';
import { stateTextOf, titleOf } from '../promotion/describe-promotion';
import { parsePlan } from '../promotion/plan-checksum';
import { countApprovals, isVoid, type PolicyActor, type PolicySubject } from '../promotion/policy';
import { stalledSince } from '../promotion/stalled-run';

/** What a step keeps about itself while it works. */
const progressSchema = z.object({
  lines: z.array(z.string()).default([]),
  fraction: z.number().min(0).max(1).nullable().default(null),
});

/** A promotion in a list. */
export function promotionRowDto(row: FullPromotion): PromotionRowDto {
  const plan = parsePlan(row.planJson);
  const facts = planFactsSchema.parse(JSON.parse(row.factsJson));
  const subject = policySubject(row);
  return {
    number: row.number,
    title: titleOf(plan, facts),
    edge: { id: row.edgeId, from: plan.edge.from, to: plan.edge.to },
    state: subject.state,
    stateText: stateTextOf({
      state: subject.state,
      approvals: countApprovals(subject),
      approvalsRequired: subject.approvalsRequired,
      run: newestRun(row.runs),
    }),
    reason: row.reason,
    requester: row.requester.displayName,
    refs: row.refs.map((ref) => ref.targetRef),
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** What the policy looks at. */
export function policySubject(row: FullPromotion): PolicySubject {
  return {
    state: stateOf(row),
    requesterId: row.requesterId,
    planChecksum: row.planChecksum,
    approvalsRequired: parsePlan(row.planJson).approvalsRequired,
    decisions: row.approvals.map((each) => ({
      reviewerId: each.reviewerId,
      decision: each.decision === 'approve' ? 'approve' : 'reject',
      planChecksum: each.planChecksum,
    })),
  };
}

/** The acting person as the policy sees them: nobody's processes decide anything. */
export function policyActor(actor: PersonActor | null): PolicyActor {
  return {
    id: actor?.id ?? null,
    mayDecide: actor !== null && can(actor, 'promotion.decide'),
    mayWithdraw: actor !== null && can(actor, 'promotion.withdraw'),
    mayRetry: actor !== null && can(actor, 'promotion.retry'),
  };
}

export function stateOf(row: { state: string }): PromotionState {
  return promotionStateSchema.parse(row.state);
}

/** One decision as the page shows it. */
export function approvalDto(row: FullPromotion['approvals'][number], planChecksum: string): ApprovalDto {
  const decision = row.decision === 'approve' ? 'approve' : 'reject';
  return {
    id: row.id,
    reviewer: row.reviewer.displayName,
    decision,
    planChecksum: row.planChecksum,
    isVoid: isVoid({ planChecksum }, { ...row, decision }),
    comment: row.comment,
    createdAt: row.createdAt.toISOString(),
  };
}

/** A run with its steps as the page shows them at `now`. */
export function runDto(row: RunWithSteps, now: Date): RunDto {
  const stalled = stalledSince(row, now);
  return {
    id: row.id,
    attempt: row.attempt,
    state: runSchema.shape.state.parse(row.state),
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
    retryAt: row.retryAt?.toISOString() ?? null,
    stalled: stalled && { since: stalled.toISOString(), worker: row.leaseOwner ?? 'unknown' },
    error: errorOf(row),
    steps: row.steps.map(stepDto),
  };
}

function stepDto(step: RunWithSteps['steps'][number]): RunStepDto {
  const { lines, fraction } = progressSchema.parse(JSON.parse(step.progressJson));
  return {
    name: stepNameSchema.parse(step.name),
    state: stepStateSchema.parse(step.state),
    startedAt: step.startedAt?.toISOString() ?? null,
    endedAt: step.endedAt?.toISOString() ?? null,
    lines,
    fraction,
    error: errorOf(step),
  };
}

function errorOf(row: { errorCode: string | null; errorMessage: string | null }) {
  return row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? row.errorCode };
}

function newestRun(runs: FullPromotion['runs']) {
  const run = runs.at(-1);
  if (!run) return null;
  const step = run.steps.map(stepDto).find((each) => each.state === 'running' || each.state === 'retrying');
  return { state: run.state, errorMessage: run.errorMessage, step: step ?? null };
}
