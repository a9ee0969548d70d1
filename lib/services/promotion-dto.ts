import { z } from 'zod';
import type { Actor, PersonActor } from '../auth/actor';
import { type ActedStage, can } from '../auth/permissions';
import type { RuleStateDto } from '../contracts/policy';
import {
  type ApprovalDto,
  approvalPolicyOf,
  automaticOf,
  emergencyOf,
  type PromotionRowDto,
  type PromotionState,
  promotionStateSchema,
  type RunDto,
  type RunStepDto,
  runSchema,
  stepNameSchema,
  stepStateSchema,
  type WaitDto,
} from '../contracts/promotion';
import { type FreezeOverrideRow, isOverrideOf } from '../db/freeze';
import type { FullApproval, FullPromotion } from '../db/promotion';
import type { RunWithSteps } from '../db/run';
import { stateTextOf, titleOf } from '../promotion/describe-promotion';
import type { ReinstateSubject } from '../promotion/freeze/why-not-reinstate';
import {
  type ApprovalMoment,
  type Decision,
  expiryOf,
  judgeApprovals,
  maySatisfy,
  whyNotCounting,
} from '../promotion/judge-approvals';
import { roleOn, type StageAction } from '../promotion/permission-table';
import { parseFacts, parsePlan } from '../promotion/plan-checksum';
import type { PolicyActor, PolicySubject } from '../promotion/policy';
import { askersOf, decisionOf, sponsorsOf } from '../promotion/prove-approval';
import { isProgramRole } from '../promotion/service-role';
import { stalledSince } from '../promotion/stalled-run';
import { isOpen } from '../promotion/state-machine';
import { waiverOf } from '../promotion/waiver';
import type { CancelSubject } from '../promotion/why-not-cancel';
import { emergencyStateDto } from './emergency-dto';
import type { PolicyMoment } from './policy-moment';
import { ruleStateDto } from './rule-state-dto';

/** What a step keeps about itself while it works. */
const progressSchema = z.object({
  lines: z.array(z.string()).default([]),
  fraction: z.number().min(0).max(1).nullable().default(null),
});

/** A promotion in a list; `waits` is what keeps its run from beginning. */
export function promotionRowDto(
  row: FullPromotion,
  moment: PolicyMoment,
  waits: WaitDto[] = [],
): PromotionRowDto {
  const plan = parsePlan(row.planJson);
  const facts = parseFacts(row.factsJson);
  const subject = policySubject(row, moment);
  const { given, required } = judgeApprovals(subject, subject.moment);
  return {
    number: row.number,
    title: titleOf(plan, facts),
    kind: plan.kind,
    edge: { id: row.edgeId, from: plan.edge.from, to: plan.edge.to },
    state: subject.state,
    stateText: stateTextOf({
      state: subject.state,
      approvals: given,
      approvalsRequired: required,
      supersededBy: row.supersededBy,
      waits,
      run: newestRun(row.runs),
    }),
    reason: row.reason,
    requester: row.requester.displayName,
    refs: row.refs.map((ref) => ref.targetRef),
    supersedes: row.supersedes,
    supersededBy: row.supersededBy,
    emergency: emergencyStateDto(row, moment.at),
    waits,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** A stored decision as the policy looks at it. */
export type RowDecision = Decision & { row: FullApproval };

/** What the policy looks at. What has ended for good is judged by the moment at which its approvals were used. */
export function policySubject(row: FullPromotion, moment: PolicyMoment): PolicySubject<RowDecision> {
  const state = stateOf(row);
  const plan = parsePlan(row.planJson);
  return {
    state,
    requesterId: row.requesterId,
    isOfProgram: isProgramRole(row.requester.role),
    sponsorIds: sponsorsOf(row),
    planChecksum: row.planChecksum,
    policy: approvalPolicyOf(plan),
    emergency: emergencyOf(plan),
    isAutomatic: automaticOf(plan) !== null,
    waiver: waiverOf(plan, row),
    askerIds: askersOf(row),
    decisions: row.approvals.map(decisionOf),
    moment: momentOfUse(row, state) ?? moment.on(row.edge.toStageId),
  };
}

function momentOfUse(row: FullPromotion, state: PromotionState): ApprovalMoment | null {
  const { committedAt = null } = row.runs.at(-1) ?? {};
  const isPast = state === 'running' ? committedAt !== null : isFinal(state);
  const at = committedAt ?? row.endedAt;
  return isPast && at !== null ? { at, eligibility: null, toleranceSeconds: 0 } : null;
}

function isFinal(state: PromotionState): boolean {
  return !isOpen(state) && state !== 'failed' && state !== 'stale';
}

/**
 * Who acts as the policy sees them, where something leads into the stage: nobody's processes decide anything.
 */
export function policyActor(actor: Actor, stage: ActedStage): PolicyActor {
  const may = (action: StageAction) => actor.kind !== 'system' && can(actor, action, stage);
  return {
    id: actor.kind === 'system' ? null : actor.id,
    isPerson: actor.kind === 'person',
    stageRole: actor.kind === 'person' ? ownRoleOn(actor, stage) : null,
    mayDecide: may('promotion.decide'),
    mayWithdraw: may('promotion.withdraw'),
    mayRetry: may('promotion.retry'),
    mayCancel: may('promotion.cancel'),
    mayRollBack: may('promotion.rollback'),
  };
}

/** The role that somebody has for the stage in place of another, with its name; null where it is the one they have anyway. */
function ownRoleOn(actor: PersonActor, stage: ActedStage): PolicyActor['stageRole'] {
  const role = roleOn(actor, stage.id);
  return role === actor.role ? null : { stage: stage.name, role };
}

/** What decides whether the run of a promotion may be cancelled. */
export function cancelSubject(row: FullPromotion): CancelSubject {
  const run = row.runs.at(-1);
  return {
    state: stateOf(row),
    requesterId: row.requesterId,
    isCommitted: (run?.committedAt ?? null) !== null,
    askedBy: run?.cancel?.askedBy ?? null,
  };
}

/** What decides whether what lets it past a freeze can be taken back. */
export function reinstateSubject(
  row: FullPromotion,
  overrides: readonly FreezeOverrideRow[],
): ReinstateSubject {
  return {
    state: stateOf(row),
    isCommitted: stateOf(row) === 'running' && (row.runs.at(-1)?.committedAt ?? null) !== null,
    isOverridden: overrides.some((each) => isOverrideOf(each, row.planChecksum)),
  };
}

export function stateOf(row: { state: string }): PromotionState {
  return promotionStateSchema.parse(row.state);
}

/** One decision as the page shows it. */
export function approvalDto(decision: RowDecision, subject: PolicySubject<RowDecision>): ApprovalDto {
  const { row } = decision;
  const voided = whyVoid(decision, subject);
  const canExpire = decision.decision === 'approve' && voided === null && !isFinal(subject.state);
  return {
    id: row.id,
    reviewer: row.reviewer.displayName,
    decision: decision.decision,
    planChecksum: row.planChecksum,
    isVoid: voided !== null,
    voided,
    expiresAt: canExpire ? expiryOf(subject.policy, decision).toISOString() : null,
    comment: row.comment,
    createdAt: row.createdAt.toISOString(),
  };
}

function whyVoid(decision: RowDecision, subject: PolicySubject<RowDecision>): ApprovalDto['voided'] {
  const stored = decision.row.voided;
  switch (whyNotCounting(subject, decision, subject.moment)) {
    case null:
      return null;
    case 'expired': {
      const why = `it expired after ${subject.policy.expiryHours} hours`;
      return { why, at: expiryOf(subject.policy, decision).toISOString() };
    }
    case 'not-yet':
      return { why: 'it is dated in the future: the clocks of two machines differ', at: null };
    case 'void':
    case 'other-plan':
      if (stored) return { why: stored.why, at: stored.at.toISOString() };
      return { why: 'its plan has changed since', at: null };
  }
}

/** The rules with who satisfies them and who still may; `names` are those of everybody, by id. */
export function ruleStateDtos(
  subject: PolicySubject<RowDecision>,
  names: ReadonlyMap<string, string>,
): RuleStateDto[] {
  const judgement = judgeApprovals(subject, subject.moment);
  const hasDecided = new Set(
    subject.decisions
      .filter((each) => whyNotCounting(subject, each, subject.moment) === null)
      .map((each) => each.reviewerId),
  );
  return judgement.rules.map((judged, at) => {
    const rule = subject.policy.rules[at];
    const still = [...names].filter(
      ([id]) =>
        rule !== undefined &&
        subject.state === 'requested' &&
        maySatisfy(rule, id, subject.moment.eligibility) &&
        !subject.askerIds.includes(id) &&
        !hasDecided.has(id),
    );
    return ruleStateDto(judged, still);
  });
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
    cancel: row.cancel && {
      by: row.cancel.askedBy,
      at: row.cancel.askedAt.toISOString(),
      reason: row.cancel.reason,
    },
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
  const isBeingCancelled = run.cancel !== null && run.committedAt === null;
  return { state: run.state, errorMessage: run.errorMessage, isBeingCancelled, step: step ?? null };
}
