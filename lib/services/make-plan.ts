import { automaticApprovalSchema } from '../contracts/policy';
import type { PlanFacts, PlanInput, PlanResultDto } from '../contracts/promotion';
import { modeSchema } from '../contracts/scalars';
import { type EdgeWithStages, edgeExternalChecks, edgeRules, findEdgeById } from '../db/edge';
import { readEligibility } from '../db/group';
import { AppError } from '../errors';
import { isPromotableRef } from '../ostree';
import { checkApprovers } from '../promotion/check-approvers';
import { checkAutomatic } from '../promotion/check-automatic';
import { checkEmergency } from '../promotion/check-emergency';
import { checkExternal } from '../promotion/check-external';
import { checkPlan } from '../promotion/check-plan';
import { checkSchedule } from '../promotion/check-schedule';
import { isRefTaken, targetRefOf } from '../promotion/match-refs';
import { assemblePlan } from '../promotion/plan';
import { planChecksum } from '../promotion/plan-checksum';
import { readApprovalPolicy } from './approval-settings';
import { requireEmergencyPolicy } from './emergency-access';
import { findStageFacts } from './find-stage-facts';
import { findSupersedable } from './find-supersedable';
import { freezeChecks } from './freeze-checks';
import { readFsckChecks, readSoakChecks } from './live-checks';
import { type PlannedRef, planRef } from './plan-ref';
import type { PlanStages } from './plan-stages';
import { withRepositories } from './repositories';
import type { ServiceContext } from './service-context';

/**
 * What a promotion of these refs along the edge would do, and what speaks against it. Reads both repositories as they
 * are now; the same repositories and the same request give the same plan, by whatever process. Whoever calls it
 * has authorised the actor.
 *
 * @param how.sponsorIds reviewers who can't approve it, since it is asked for with a token of theirs
 * @param how.isAutomatic whether nobody asks, since the edge says so
 * @param how.superseded number of an open promotion that ends with this one
 * @throws AppError `not-found` for the edge; `input-invalid` for a ref that it doesn't take or that is named twice;
 *   `ostree/ref-not-found`; `nothing-to-promote` where the target has it already; `forbidden` for an emergency that the
 *   edge lets nobody ask for
 */
export async function makePlan(
  ctx: ServiceContext,
  input: PlanInput,
  how: { sponsorIds?: readonly string[]; isAutomatic?: boolean; superseded?: number } = {},
): Promise<PlanResultDto> {
  const edge = await findEdgeById(ctx.db, input.edge);
  if (!edge) throw new AppError('not-found', 'there is no such edge', { details: { field: 'edge' } });
  const wanted = refsOf(edge, input);
  return withRepositories(async (repos) => {
    const stages: PlanStages = {
      edge,
      mode: modeSchema.parse(edge.mode),
      repos,
      source: repos.open(edge.from),
      target: repos.open(edge.to),
      ...(how.superseded !== undefined && { superseded: how.superseded }),
    };
    const refs: PlannedRef[] = [];
    for (const ref of wanted) refs.push(await planRef(ctx, stages, ref));
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
        verifyObjects: edge.verifyObjects,
        requireSourceHead: edge.requireSourceHead,
      },
      refs.map((ref) => ref.planned),
      {
        ...(input.notBefore !== undefined && { notBefore: input.notBefore }),
        ...(emergency !== null && { emergency }),
        ...(automatic !== null && { automatic }),
      },
    );
    const stageFacts = await findStageFacts(ctx, stages, refs);
    const byTarget = [...refs].sort((a, b) => (a.planned.targetRef < b.planned.targetRef ? -1 : 1));
    const now = ctx.clock.now();
    const { notBefore } = plan;
    const checks = [
      ...checkAutomatic(
        automatic,
        checkApprovers(approval, await readEligibility(ctx.db), how.sponsorIds ?? []),
      ),
      ...(await freezeChecks(ctx.db, edge.to, { at: now, notBefore, approval })),
      ...(notBefore === undefined ? [] : [checkSchedule(notBefore, approval.expiryHours, now)]),
      // Nobody can have reported on a plan that nobody has asked for.
      ...checkExternal(edgeExternalChecks(edge), []),
      ...(await readSoakChecks(ctx.db, plan, edge, now)),
      ...(await readFsckChecks(ctx.db, plan, edge, { isAsked: false })),
      ...checkPlan(
        stageFacts,
        byTarget.map((ref) => ref.findings),
      ),
    ];
    const facts: PlanFacts = {
      takenAt: now.toISOString(),
      refs: byTarget.map((ref) => ref.facts),
      checks: emergency === null ? checks : checkEmergency(checks),
    };
    const isBlocked = facts.checks.some((check) => check.result === 'fail');
    const supersedable = await findSupersedable(ctx, stages, plan.refs);
    return { plan, planChecksum: planChecksum(plan), facts, isBlocked, supersedable };
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
