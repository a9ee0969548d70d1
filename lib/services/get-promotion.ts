import { describeEvent } from '../audit/event-kinds';
import type { Actor } from '../auth/actor';
import { authorise, can } from '../auth/permissions';
import { isWithinStage, type PromotionDto } from '../contracts/promotion';
import { findAuditEvents } from '../db/audit-event';
import { findFreezeOverrides, readFreeze } from '../db/freeze';
import { findHolds } from '../db/hold';
import { findPeople } from '../db/person';
import { type FullPromotion, findOpenPromotionsInto, findPromotion } from '../db/promotion';
import { findStageById } from '../db/stage';
import { AppError } from '../errors';
import { resolveRef } from '../ostree';
import { whyNotReview } from '../promotion/emergency-review';
import { whyNotOverride } from '../promotion/freeze/why-not-override';
import { whyNotReinstate } from '../promotion/freeze/why-not-reinstate';
import { parseFacts, parsePlan } from '../promotion/plan-checksum';
import {
  offerOf,
  whyNotApprove,
  whyNotReject,
  whyNotRetry,
  whyNotRollBack,
  whyNotWithdraw,
} from '../promotion/policy';
import { isOpen, openStates } from '../promotion/state-machine';
import { whyNotCancel } from '../promotion/why-not-cancel';
import { reviewDtos, reviewRuleDtos, reviewSubject } from './emergency-dto';
import { freezeOverrideDto, freezeStateDto } from './freeze-dto';
import { holdDtos } from './hold-dto';
import { withLiveChecks } from './live-checks';
import { readPolicyMoment } from './policy-moment';
import {
  approvalDto,
  cancelSubject,
  policyActor,
  policySubject,
  promotionRowDto,
  reinstateSubject,
  ruleStateDtos,
  runDto,
} from './promotion-dto';
import { readWaits } from './read-waits';
import { withRepositories } from './repositories';
import { contextAtOneHead, type ServiceContext } from './service-context';

const TIMELINE_MAX = 500;
const noEmergency = { code: 'state-changed', why: 'it is no emergency' } as const;

/**
 * A promotion with all that its page shows, and what the acting person may do with it now.
 * @throws AppError `not-found`
 */
export async function getPromotion(
  context: ServiceContext,
  actor: Actor,
  number: number,
): Promise<PromotionDto> {
  authorise(actor, 'read');
  const ctx = contextAtOneHead(context);
  const db = await ctx.atHead();
  const [row, moment] = await Promise.all([
    Number.isSafeInteger(number) && number > 0 ? findPromotion(db, number) : null,
    readPolicyMoment(db, ctx.clock.now()),
  ]);
  if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
  const { eligibility } = moment.on(row.edge.toStageId);
  const subject = policySubject(row, moment);
  const plan = parsePlan(row.planJson);
  const person = policyActor(actor, row.edge.to);
  const isToBegin = row.state === 'requested' || row.state === 'approved';
  const [freeze, overrides, names, waits, facts, movedRefs, newer, holds, events] = await Promise.all([
    isToBegin && subject.emergency === null ? readFreeze(db, row, moment.at) : null,
    findFreezeOverrides(db, row.id),
    readDisplayNames(ctx),
    readWaits(db, row, moment.at),
    withLiveChecks(db, row, parseFacts(row.factsJson), moment.at),
    isOpen(subject.state) && !isWithinStage(plan) ? movedSourceRefs(ctx, row) : [],
    newerNumber(ctx, row),
    readHolds(ctx, row),
    timeline(ctx, number),
  ]);
  const mayReinstate = can(actor, 'freeze.reinstate', row.edge.to);
  const mayOverride = can(actor, 'freeze.override', row.edge.to);
  const rules = ruleStateDtos(subject, names);
  const reviewing = reviewSubject(row, moment.at);
  return {
    ...promotionRowDto(row, moment, waits),
    sponsors: subject.sponsorIds.map((id) => names.get(id) ?? id),
    plan,
    planChecksum: row.planChecksum,
    facts,
    approvals: subject.decisions.map((each) => approvalDto(each, subject)),
    approvalsRequired: rules.reduce((sum, rule) => sum + rule.required, 0),
    rules,
    runs: row.runs.map((run) => runDto(run, ctx.clock.now())),
    reviews: reviewDtos(row),
    reviewRules: reviewing === null ? [] : reviewRuleDtos(reviewing, eligibility, names),
    movedSourceRefs: movedRefs,
    newerNumber: newer,
    freeze: freeze && freezeStateDto(freeze),
    holds,
    overrides: overrides.map(freezeOverrideDto),
    offers: {
      approve: offerOf(whyNotApprove(subject, person)),
      reject: offerOf(whyNotReject(subject, person)),
      withdraw: offerOf(whyNotWithdraw(subject, person)),
      retry: offerOf(whyNotRetry(subject, person)),
      review: offerOf(reviewing === null ? noEmergency : whyNotReview(reviewing, person, eligibility)),
      cancel: offerOf(whyNotCancel(cancelSubject(row), person)),
      overrideFreeze: offerOf(
        whyNotOverride({ state: subject.state, isFrozen: freeze !== null }, mayOverride),
      ),
      reinstateFreeze: offerOf(whyNotReinstate(reinstateSubject(row, overrides), person, mayReinstate)),
      rollBack: offerOf(whyNotRollBack(subject, plan, person)),
    },
    timeline: events,
  };
}

/** What pages call everybody, by id, in the order of the names. */
async function readDisplayNames(ctx: ServiceContext): Promise<Map<string, string>> {
  return new Map((await findPeople(await ctx.atHead())).map(({ id, displayName }) => [id, displayName]));
}

/** Source refs whose head isn't the planned commit any more. */
async function movedSourceRefs(
  ctx: ServiceContext,
  row: FullPromotion,
): Promise<PromotionDto['movedSourceRefs']> {
  const stage = await findStageById(await ctx.atHead(), row.edge.fromStageId);
  if (!stage) return [];
  return withRepositories(async (repos) => {
    const { repo } = repos.tryOpen(stage);
    // Whether it moved can't be told while the source can't be read; its own page says why.
    if (!repo) return [];
    return row.refs.flatMap(({ sourceRef, sourceChecksum }) => {
      const now = resolveRef(repo, sourceRef);
      return now === sourceChecksum ? [] : [{ ref: sourceRef, now }];
    });
  });
}

/** Holds that stand on its refs in the target. */
async function readHolds(ctx: ServiceContext, row: FullPromotion): Promise<PromotionDto['holds']> {
  const db = await ctx.atHead();
  const refs = row.refs.map((ref) => ref.targetRef);
  const holds = await findHolds(db, row.edge.toStageId, refs);
  return holdDtos(db, holds, () => row.edge.to.name);
}

/** An open promotion with a higher number that writes one of the same refs. */
async function newerNumber(ctx: ServiceContext, row: FullPromotion): Promise<number | null> {
  const refs = row.refs.map((ref) => ref.targetRef);
  const open = await findOpenPromotionsInto(await ctx.atHead(), row.edge.toStageId, refs, openStates);
  return open.find((each) => each.edgeId === row.edgeId && each.number > row.number)?.number ?? null;
}

/** What happened to it, oldest first, from the audit log. */
async function timeline(ctx: ServiceContext, number: number): Promise<PromotionDto['timeline']> {
  const events = await findAuditEvents(await ctx.atHead(), { promotionNumber: number }, TIMELINE_MAX);
  return events.toReversed().map((event) => ({
    at: event.at.toISOString(),
    actor: event.actorName,
    kind: event.kind,
    text: describeEvent(event.kind, event.dataJson, {
      stage: event.stageName,
      ref: event.ref,
      promotion: event.promotionNumber,
    }),
  }));
}
