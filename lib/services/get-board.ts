import { describeEvent } from '../audit/event-kinds';
import type { Actor } from '../auth/actor';
import { authorise, can } from '../auth/permissions';
import type { BoardDto, BoardEdgeDto, BoardStageDto } from '../contracts/board';
import { automaticApprovalSchema } from '../contracts/policy';
import { modeSchema } from '../contracts/scalars';
import { findAuditEvents } from '../db/audit-event';
import type { EdgeWithStages } from '../db/edge';
import { type FullPromotion, findPromotions } from '../db/promotion';
import { isAppError } from '../errors';
import { type Checksum, isPromotableRef, parseChecksum } from '../ostree';
import { edgeAutomaticRules } from '../promotion/edge-rules';
import { isRefTaken, targetRefOf } from '../promotion/match-refs';
import { openStates } from '../promotion/state-machine';
import { allOver } from './all-over';
import { emergencyGroupOf, readGroupNames } from './approval-settings';
import { type PolicyMoment, readPolicyMoment } from './policy-moment';
import { promotionRowDto } from './promotion-dto';
import { readWaitsOf } from './read-waits';
import { type RefRelation, relateRefs } from './ref-relation';
import { withRepositories } from './repositories';
import { contextAtOneHead, type ServiceContext } from './service-context';
import type { StageView } from './stage-dto';
import { readStageFreezes } from './stage-freezes';
import { viewStages } from './view-stages';

const IN_FLIGHT_MAX = 100;
const RECENT_MAX = 12;

/** What is where, what is ahead, and what is under way. */
export async function getBoard(context: ServiceContext, actor: Actor): Promise<BoardDto> {
  authorise(actor, 'read');
  const ctx = contextAtOneHead(context);
  const db = await ctx.atHead();
  return withRepositories(async (repos) => {
    const [{ stages, edges }, open, moment, recent] = await allOver([
      viewStages(ctx, repos),
      findPromotions(db, { states: openStates }, IN_FLIGHT_MAX),
      readPolicyMoment(db, ctx.clock.now()),
      recentEvents(ctx),
    ]);
    const [waits, emergencies, freezesOf] = await allOver([
      readWaitsOf(db, open, moment.at),
      readBoardEmergencies(ctx, actor, edges, moment),
      readStageFreezes(db, edges, moment.at),
    ]);
    const edgeDtos = edges.map((edge) => ({
      ...boardEdge(ctx, edge, stages, can(actor, 'promotion.request', edge.to)),
      emergency: emergencies.get(edge.id) ?? null,
    }));
    return {
      stages: stages.map((view) => ({
        ...boardStage(view, edgeDtos, open),
        ...freezesOf(view.row.id),
      })),
      edges: edgeDtos,
      inFlight: open.map((row) => promotionRowDto(row, moment, waits.get(row.id))),
      recent,
      takenAt: ctx.clock.now().toISOString(),
    };
  });
}

function boardEdge(
  ctx: ServiceContext,
  edge: EdgeWithStages,
  stages: readonly StageView[],
  mayRequest: boolean,
): Omit<BoardEdgeDto, 'emergency'> {
  const { automaticRefs, ...rules } = edgeAutomaticRules(edge);
  const source = stages.find((view) => view.row.id === edge.fromStageId);
  const target = stages.find((view) => view.row.id === edge.toStageId);
  const taken = (source?.refs ?? []).filter(({ ref }) => isPromotableRef(ref) && isRefTaken(rules, ref));
  const refs = taken.map(({ ref, checksum }) => {
    const targetRef = targetRefOf(rules, ref);
    const there = target?.refs.find((each) => each.ref === targetRef);
    const relation = relate(ctx, edge, source, checksum, target, there?.checksum ?? null);
    const removal = target?.holds.find((hold) => hold.ref === targetRef && hold.origin === 'removal');
    const removedBy = relation.relation === 'missing' ? (removal?.promotion ?? null) : null;
    return { sourceRef: ref, targetRef, ...relation, removedBy };
  });
  const aheadCount = refs.filter(isAhead).length;
  return {
    id: edge.id,
    from: edge.from.name,
    to: edge.to.name,
    refs,
    aheadCount,
    canRequest: mayRequest && refs.some(isPromotable),
    automatic:
      automaticRefs.length === 0
        ? null
        : { refs: automaticRefs, approval: automaticApprovalSchema.parse(edge.automaticApproval) },
  };
}

/** Who may publish without approval along which edges, by the edge's id. */
async function readBoardEmergencies(
  ctx: ServiceContext,
  actor: Actor,
  edges: readonly EdgeWithStages[],
  moment: PolicyMoment,
): Promise<Map<string, NonNullable<BoardEdgeDto['emergency']>>> {
  const names = await readGroupNames(await ctx.atHead());
  return new Map(
    edges.flatMap((edge) => {
      const group = emergencyGroupOf(edge, names);
      if (group === null) return [];
      const { requesters } = moment.on(edge.toStageId).eligibility;
      const isForMe =
        actor.kind === 'person' &&
        can(actor, 'promotion.emergency', edge.to) &&
        (requesters.get(edge.emergencyGroupId ?? '')?.has(actor.id) ?? false);
      return [[edge.id, { group, reviewHours: edge.emergencyReviewHours, isForMe }] as const];
    }),
  );
}

/** What was removed on purpose is not what anybody waits for. */
function isAhead(ref: BoardEdgeDto['refs'][number]): boolean {
  return isPromotable(ref) && ref.removedBy === null;
}

function isPromotable({ relation }: { relation: RefRelation['relation'] }): boolean {
  return relation === 'ahead' || relation === 'missing';
}

/** As `relateRefs`; a head that can't be read is related to nothing. */
function relate(
  ctx: ServiceContext,
  edge: EdgeWithStages,
  source: StageView | undefined,
  sourceChecksum: string,
  target: StageView | undefined,
  targetChecksum: string | null,
): RefRelation {
  const head = (
    view: StageView | undefined,
    checksum: string,
  ): { repo: NonNullable<StageView['repo']>; checksum: Checksum } | null =>
    view?.repo ? { repo: view.repo, checksum: parseChecksum(checksum) } : null;
  const from = head(source, sourceChecksum);
  const to = targetChecksum === null ? null : head(target, targetChecksum);
  if (!from || !target?.repo) return { relation: 'diverged', commits: null };
  try {
    return relateRefs(ctx, from, to, modeSchema.parse(edge.mode));
  } catch (error) {
    if (isAppError(error)) return { relation: 'diverged', commits: null };
    throw error;
  }
}

function boardStage(
  view: StageView,
  edges: readonly BoardEdgeDto[],
  open: readonly FullPromotion[],
): Omit<BoardStageDto, 'freeze' | 'nextFreeze'> {
  const outgoing = edges.filter((edge) => edge.from === view.stage.name);
  return {
    stage: view.stage,
    refs: view.refs.map((ref) => ({
      ...ref,
      openPromotion: openPromotionInto(view, ref.ref, open),
      isNew: outgoing.some((edge) => edge.refs.some((each) => each.sourceRef === ref.ref && isAhead(each))),
    })),
  };
}

function openPromotionInto(view: StageView, ref: string, open: readonly FullPromotion[]): number | null {
  const found = open.find(
    (row) => row.edge.toStageId === view.row.id && row.refs.some((each) => each.targetRef === ref),
  );
  return found?.number ?? null;
}

/** What happened to promotions and what holds them off lately, newest first; the rest of the log is for those who may read it. */
async function recentEvents(ctx: ServiceContext): Promise<BoardDto['recent']> {
  const events = await findAuditEvents(await ctx.atHead(), { kinds: recentKinds }, RECENT_MAX);
  return events.map((event) => ({
    at: event.at.toISOString(),
    actor: event.actorName,
    promotion: event.promotionNumber,
    text: describeEvent(event.kind, event.dataJson, {
      stage: event.stageName,
      ref: event.ref,
      promotion: event.promotionNumber,
    }),
  }));
}

const recentKinds = [
  'promotion.requested',
  'promotion.approved',
  'promotion.approvals-voided',
  'freeze.overridden',
  'freeze.override-withdrawn',
  'hold.set',
  'hold.lifted',
  'promotion.rejected',
  'promotion.withdrawn',
  'promotion.retried',
  'promotion.replanned',
  'promotion.staled',
  'run.published',
  'run.failed',
  'run.stale',
  'retirement.stopped',
  'retirement.done',
  'promotion.superseded',
  'promotion.emergency',
  'emergency.reviewed',
  'emergency.review-overdue',
  'promotion.cancel-asked',
  'run.cancelled',
] as const;
