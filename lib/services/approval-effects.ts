import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import type { PolicyEffectDto } from '../contracts/policy';
import type { Reader, Transaction } from '../db/client';
import {
  type FullApproval,
  type FullPromotion,
  findPromotionsIn,
  insertApprovalVoids,
  movePromotion,
} from '../db/promotion';
import { cancelQueuedRun } from '../db/run';
import { judgeApprovals, maySatisfy, whyNotCounting } from '../promotion/judge-approvals';
import type { PolicyMoment } from './policy-moment';
import { policySubject, promotionRowDto } from './promotion-dto';

/** What a change of who may approve, or of the policy, does to one promotion. */
export interface ApprovalEffect {
  row: FullPromotion;
  voided: FullApproval[];
  /** `requested`: it was approved and is no longer. `same`: it only loses approvals. */
  becomes: 'stale' | 'requested' | 'same';
}

const waiting = ['requested', 'approved'] as const;

/** Promotions on an edge that no worker has begun: a change of its policy makes them stale, with all approvals void. */
export async function findEffectsOfPolicy(
  db: Reader,
  edgeId: string,
  moment: PolicyMoment,
): Promise<ApprovalEffect[]> {
  const rows = await findPromotionsIn(db, waiting, edgeId);
  return rows.map((row) => ({ row, voided: countingApprovals(row, moment), becomes: 'stale' }));
}

/**
 * What is left of approvals where other people may approve from now on. An approval whose giver satisfies no rule any
 * more is void; an approved promotion that lacks somebody then is asked for anew. Whatever has begun to move refs is
 * past that: its approvals were used.
 */
export async function findEffectsOfPeople(
  db: Reader,
  before: PolicyMoment,
  moment: PolicyMoment,
): Promise<ApprovalEffect[]> {
  const rows = await findPromotionsIn(db, [...waiting, 'running']);
  return rows.flatMap((row) => {
    if (row.runs.at(-1)?.committedAt) return [];
    const subject = policySubject(row, moment);
    const stageId = row.edge.toStageId;
    const isApprovedAt = (when: PolicyMoment) => judgeApprovals(subject, when.on(stageId)).isApproved;
    const { rules } = subject.policy;
    const mayAt = (id: string, when: PolicyMoment) =>
      rules.some((rule) => maySatisfy(rule, id, when.on(stageId).eligibility));
    const voided = countingApprovals(row, moment).filter(
      ({ reviewerId }) => mayAt(reviewerId, before) && !mayAt(reviewerId, moment),
    );
    const isLost = row.state === 'approved' && isApprovedAt(before) && !isApprovedAt(moment);
    // Nobody can approve what was to run without approvals.
    const then = row.isEmergency ? 'stale' : 'requested';
    return voided.length > 0 || isLost ? [{ row, voided, becomes: isLost ? then : 'same' }] : [];
  });
}

/** Approvals of a promotion that count at a moment, whether or not a rule needs them. */
export function countingApprovals(row: FullPromotion, moment: PolicyMoment): FullApproval[] {
  const subject = policySubject(row, moment);
  return subject.decisions
    .filter((each) => each.decision === 'approve' && whyNotCounting(subject, each, moment) === null)
    .map((each) => each.row);
}

/** Carries the effects out: void rows, states, queued runs, and an event for each promotion. */
export async function applyEffects(
  tx: Transaction,
  effects: readonly ApprovalEffect[],
  of: { why: string; actor: Actor; at: Date },
): Promise<void> {
  const { why, at } = of;
  for (const { row, voided, becomes } of effects) {
    if (becomes !== 'same') {
      const from = row.state === 'approved' ? 'approved' : 'requested';
      const retry = row.isEmergency ? 'ask for it anew' : 'retry to plan it anew';
      const then = becomes === 'stale' ? retry : 'it waits for approval again';
      if (!(await cancelQueuedRun(tx, row.id, at, { code: 'plan-changed', message: `${why}; ${then}` })))
        continue;
      const times = becomes === 'stale' ? { endedAt: at } : { decidedAt: null };
      if (!(await movePromotion(tx, row.id, from, becomes, times))) continue;
    }
    const about = { at, actor: auditActorOf(of.actor), stage: row.edge.to.name, promotion: row.number };
    await voidApprovals(tx, voided, { ...about, why });
    if (becomes === 'stale') await recordAudit(tx, { kind: 'promotion.staled', ...about, data: { why } });
  }
}

/** Declares approvals of one promotion void, with its event; nothing where there are none. */
export async function voidApprovals(
  tx: Transaction,
  approvals: readonly FullApproval[],
  of: { why: string; at: Date; actor: ReturnType<typeof auditActorOf>; stage: string; promotion: number },
): Promise<void> {
  const { why, ...about } = of;
  if (approvals.length === 0) return;
  await insertApprovalVoids(
    tx,
    approvals.map(({ id }) => ({ approvalId: id, why, at: of.at })),
  );
  await recordAudit(tx, {
    kind: 'promotion.approvals-voided',
    ...about,
    data: {
      why,
      approvals: approvals.map(({ reviewer, planChecksum, createdAt }) => ({
        reviewer: reviewer.name,
        planChecksum,
        at: createdAt.toISOString(),
      })),
    },
  });
}

/** The effects as an editor shows them before they happen. */
export function effectDto(
  changes: readonly string[],
  effects: readonly ApprovalEffect[],
  moment: PolicyMoment,
): PolicyEffectDto {
  return {
    changes: [...changes],
    promotions: effects.map(({ row, voided, becomes }) => ({
      number: row.number,
      title: promotionRowDto(row, moment).title,
      becomes,
      voided: voided.map(({ reviewer, createdAt }) => ({
        reviewer: reviewer.displayName,
        at: createdAt.toISOString(),
      })),
    })),
  };
}
