import { automaticApprovalSchema } from '../contracts/policy';
import {
  type CheckDto,
  isRemoval,
  isRollback,
  isWithinStage,
  type Plan,
  type PlanFacts,
  type PlanInput,
  type PlanKind,
  type PlanResultDto,
} from '../contracts/promotion';
import { modeSchema } from '../contracts/scalars';
import { type EdgeWithStages, expectedChecks, findEdgeById } from '../db/edge';
import { readEligibility } from '../db/group';
import { AppError } from '../errors';
import { isPromotableRef } from '../ostree';
import { checkApprovers } from '../promotion/check-approvers';
import { checkAutomatic } from '../promotion/check-automatic';
import { checkEmergency } from '../promotion/check-emergency';
import { checkExternal } from '../promotion/check-external';
import { checkPlan, isOlderChoice, type StageFindings } from '../promotion/check-plan';
import { checkRemoval } from '../promotion/check-removal';
import { checkSchedule } from '../promotion/check-schedule';
import { edgeRules } from '../promotion/edge-rules';
import { isRefTaken, isTargetRefTaken, METADATA_REF, targetRefOf } from '../promotion/match-refs';
import { assemblePlan } from '../promotion/plan';
import { planChecksum } from '../promotion/plan-checksum';
import { readApprovalPolicy } from './approval-settings';
import { requireEmergencyPolicy } from './emergency-access';
import { findStageFacts } from './find-stage-facts';
import { findSupersedable } from './find-supersedable';
import { freezeChecks } from './freeze-checks';
import { readFsckChecks, readHoldChecks, readSoakChecks } from './live-checks';
import { type PlannedRef, planRef } from './plan-ref';
import { planRemoval } from './plan-removal';
import { planRollbackRef } from './plan-rollback-ref';
import type { PlanStages } from './plan-stages';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';

/**
 * What a promotion of these refs along the edge would do, and what speaks against it; or a rollback or a removal of refs of the
 * stage that the edge leads into, under its rules. Reads the repositories as they
 * are now; the same repositories and the same request give the same plan, by whatever process. Whoever calls it
 * has authorised the actor.
 *
 * @param how.sponsorIds reviewers who can't approve it, since it is asked for with a token of theirs
 * @param how.isAutomatic whether nobody asks, since the edge says so
 * @param how.superseded number of an open promotion that ends with this one
 * @param how.askedAsNewest target refs whose commits were the heads of their source refs when they were asked for
 * @throws AppError `not-found` for the edge; `input-invalid` for a ref that it doesn't take or that is named twice,
 *   and for a rollback that doesn't say to what; `ostree/ref-not-found`; `nothing-to-promote` where the target has it
 *   already; `forbidden` for an emergency that the edge lets nobody ask for
 */
export async function makePlan(
  ctx: ServiceContext,
  input: PlanInput,
  how: {
    sponsorIds?: readonly string[];
    isAutomatic?: boolean;
    superseded?: number | undefined;
    askedAsNewest?: ReadonlySet<string>;
  } = {},
): Promise<PlanResultDto> {
  const edge = await findEdgeById(ctx.db, input.edge);
  if (!edge) throw new AppError('not-found', 'there is no such edge', { details: { field: 'edge' } });
  const kind = input.kind ?? 'promote';
  return withRepositories(async (repos) => {
    const target = repos.open(edge.to);
    const stages: PlanStages = {
      edge,
      kind,
      mode: modeOf(kind, edge),
      repos,
      source: kind === 'promote' ? repos.open(edge.from) : target,
      target,
      ...(how.superseded !== undefined && { superseded: how.superseded }),
    };
    const planned = await planRefs(ctx, stages, input, how.askedAsNewest ?? new Set());
    const approval = await readApprovalPolicy(ctx.db, edge);
    const automatic = how.isAutomatic
      ? { approval: automaticApprovalSchema.parse(edge.automaticApproval) }
      : null;
    const emergency = input.emergency ? await requireEmergencyPolicy(ctx.db, edge) : null;
    const plan = assemblePlan(
      {
        id: edge.id,
        from: edge.from.name,
        to: edge.to.name,
        policyVersion: edge.policyVersion,
        mode: stages.mode,
        approval,
        // What a ref goes back to is always hashed; it has never been the head of anything else.
        verifyObjects: edge.verifyObjects || isWithinStage(stages),
        requireSourceHead: edge.requireSourceHead && !isWithinStage(stages),
      },
      planned.refs,
      {
        kind,
        notBefore: input.notBefore,
        ...(emergency !== null && { emergency }),
        ...(automatic !== null && { automatic }),
      },
    );
    const stageFacts = await findStageFacts(ctx, stages, planned.moved);
    const beside = planned.beside(stageFacts);
    const now = ctx.clock.now();
    const { notBefore } = plan;
    const checks = [
      ...checkAutomatic(
        automatic,
        checkApprovers(approval, await readEligibility(ctx.db, edge.toStageId), how.sponsorIds ?? []),
      ),
      ...(await freezeChecks(ctx.db, edge.to, { at: now, notBefore, approval })),
      ...(notBefore === undefined ? [] : [checkSchedule(notBefore, approval.expiryHours, now)]),
      // Nobody can have reported on a plan that nobody has asked for.
      ...checkExternal(expectedChecks(edge, plan), []),
      ...(await readHoldChecks(ctx.db, plan, edge)),
      ...(await readSoakChecks(ctx.db, plan, edge, now)),
      ...(await readFsckChecks(ctx.db, plan, edge, { isAsked: false })),
      ...beside.checks,
    ];
    const facts: PlanFacts = {
      ...beside.facts,
      takenAt: now.toISOString(),
      checks: emergency === null ? checks : checkEmergency(checks),
    };
    const isBlocked = facts.checks.some((check) => check.result === 'fail');
    const supersedable = await findSupersedable(ctx, stages, plan.refs);
    return { plan, planChecksum: planChecksum(plan), facts, isBlocked, supersedable };
  });
}

/** A rollback has the mode of its kind, whatever its edge does. */
function modeOf(kind: PlanKind, edge: EdgeWithStages): PlanStages['mode'] {
  if (kind === 'promote') return modeSchema.parse(edge.mode);
  return kind === 'roll-forward' ? 'recommit' : 'identity';
}

/** The refs of a plan, and what stands beside them once the stages are known. */
interface PlannedRefs {
  refs: Plan['refs'];
  /** Those that get another commit. */
  moved: PlannedRef[];
  beside: (stage: StageFindings) => { facts: Pick<PlanFacts, 'refs' | 'retirable'>; checks: CheckDto[] };
}

async function planRefs(
  ctx: ServiceContext,
  stages: PlanStages,
  input: PlanInput,
  askedAsNewest: ReadonlySet<string>,
): Promise<PlannedRefs> {
  if (isRemoval(stages)) return planRemovedRefs(ctx, stages, input);
  const moved: PlannedRef[] = [];
  if (isRollback(stages)) {
    for (const ref of formerRefsOf(stages.edge, input)) moved.push(await planRollbackRef(ctx, stages, ref));
  } else {
    for (const ref of refsOf(stages.edge, input)) {
      moved.push(await planRef(ctx, stages, ref, askedAsNewest.has(ref.targetRef)));
    }
  }
  moved.sort(byTarget);
  return {
    refs: moved.map((ref) => ref.planned),
    moved,
    beside(stage) {
      const isChosen = ({ findings }: PlannedRef) => !isWithinStage(stages) && isOlderChoice(stage, findings);
      const refs = moved.map((ref) => (isChosen(ref) ? { ...ref.facts, isOlderChoice: true } : ref.facts));
      const findings = moved.map((ref) => ref.findings);
      return { facts: { refs }, checks: checkPlan(stage, findings) };
    },
  };
}

async function planRemovedRefs(
  ctx: ServiceContext,
  stages: PlanStages,
  input: PlanInput,
): Promise<PlannedRefs> {
  const removal = await planRemoval(ctx, stages, ownRefsOf(stages.edge, input));
  const { retirable } = removal;
  const removed = removal.refs.sort(byTarget);
  return {
    refs: removed.map((ref) => ref.planned),
    moved: [],
    beside(stage) {
      const findings = removed.map((ref) => ref.findings);
      return {
        facts: { refs: removed.map((ref) => ref.facts), retirable },
        checks: checkRemoval(stage, findings, removal),
      };
    },
  };
}

function byTarget(a: Pick<PlannedRef, 'planned'>, b: Pick<PlannedRef, 'planned'>): number {
  return a.planned.targetRef < b.planned.targetRef ? -1 : 1;
}

/** The refs of a rollback, each with what it goes back to. */
function formerRefsOf(edge: EdgeWithStages, input: PlanInput): { ref: string; checksum: string }[] {
  return ownRefsOf(edge, input).map(({ ref, checksum }, index) => {
    if (checksum === null) throw invalid(index, `say to which commit ${ref} goes back`);
    return { ref, checksum };
  });
}

/** Refs of the stage that the edge leads into. Only an edge that could bring them speaks for them. */
function ownRefsOf(edge: EdgeWithStages, input: PlanInput): { ref: string; checksum: string | null }[] {
  const rules = edgeRules(edge);
  const named = new Set<string>();
  return input.refs.map(({ ref, checksum }, index) => {
    if (input.kind === 'remove' && ref === METADATA_REF) {
      throw invalid(index, `${ref} stays: clients find the collection of ${edge.to.name} by it`);
    }
    if (!isPromotableRef(ref) || !isTargetRefTaken(rules, ref)) {
      throw invalid(index, `the edge from ${edge.from.name} to ${edge.to.name} brings no ref ${ref}`);
    }
    if (named.has(ref)) throw invalid(index, `${ref} is named twice`);
    named.add(ref);
    return { ref, checksum: checksum ?? null };
  });
}

/** The refs of the request with what they are called in the target. */
function refsOf(
  edge: EdgeWithStages,
  input: PlanInput,
): { sourceRef: string; targetRef: string; checksum: string | null }[] {
  const rules = edgeRules(edge);
  const targets = new Set<string>();
  return input.refs.map(({ ref, checksum }, index) => {
    const targetRef = targetRefOf(rules, ref);
    if (!isPromotableRef(ref) || !isPromotableRef(targetRef) || !isRefTaken(rules, ref)) {
      throw invalid(index, `the edge from ${edge.from.name} to ${edge.to.name} does not take the ref ${ref}`);
    }
    if (targets.has(targetRef)) throw invalid(index, `${targetRef} is named twice`);
    targets.add(targetRef);
    return { sourceRef: ref, targetRef, checksum: checksum ?? null };
  });
}

function invalid(index: number, message: string): AppError {
  return new AppError('input-invalid', message, { details: { field: `refs.${index}.ref` } });
}
