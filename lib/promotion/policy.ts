import type { OfferDto, PromotionState } from '../contracts/promotion';
import { nextState } from './state-machine';

/** What of a promotion the policy looks at. */
export interface PolicySubject {
  state: PromotionState;
  requesterId: string;
  planChecksum: string;
  approvalsRequired: number;
  decisions: readonly Decision[];
}

export interface Decision {
  reviewerId: string;
  decision: 'approve' | 'reject';
  planChecksum: string;
}

/** Who asks. `mayDecide` and so on: what their role allows at all. */
export interface PolicyActor {
  id: string | null;
  mayDecide: boolean;
  mayWithdraw: boolean;
  mayRetry: boolean;
}

/** How many distinct people, none of them the requester, have approved exactly this plan. */
export function countApprovals(subject: PolicySubject): number {
  const people = subject.decisions
    .filter((each) => each.decision === 'approve' && each.planChecksum === subject.planChecksum)
    .map((each) => each.reviewerId)
    .filter((reviewer) => reviewer !== subject.requesterId);
  return new Set(people).size;
}

/** Whether a decision that was made on another plan no longer counts. */
export function isVoid(subject: Pick<PolicySubject, 'planChecksum'>, decision: Decision): boolean {
  return decision.planChecksum !== subject.planChecksum;
}

/** Why somebody may not approve or reject, as a code and as a sentence; null where they may. */
export interface Refusal {
  code: 'forbidden' | 'own-request' | 'already-decided' | 'state-changed';
  why: string;
}

/** The one rule for both decisions: never one's own request, one decision a person and plan, while it is requested. */
export function whyNotDecide(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayDecide || actor.id === null) {
    return { code: 'forbidden', why: 'only reviewers decide' };
  }
  if (actor.id === subject.requesterId) {
    return { code: 'own-request', why: 'you asked for it: somebody else has to decide' };
  }
  if (subject.state !== 'requested') {
    return { code: 'state-changed', why: `it is ${subject.state}` };
  }
  const hasDecided = subject.decisions.some(
    (each) => each.reviewerId === actor.id && each.planChecksum === subject.planChecksum,
  );
  return hasDecided ? { code: 'already-decided', why: 'you have decided on this plan already' } : null;
}

/** Only the one who asked takes it back, and only before a run has begun. */
export function whyNotWithdraw(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayWithdraw) return { code: 'forbidden', why: 'only release managers withdraw their requests' };
  if (actor.id !== subject.requesterId) {
    return { code: 'forbidden', why: 'only the person who asked can withdraw it' };
  }
  return nextState(subject.state, 'withdraw')
    ? null
    : { code: 'state-changed', why: `it is ${subject.state}` };
}

/** Any release manager may retry what failed or went stale; approvals of the same plan still count. */
export function whyNotRetry(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayRetry) return { code: 'forbidden', why: 'only release managers retry' };
  return nextState(subject.state, 'retry-same-plan')
    ? null
    : { code: 'state-changed', why: `it is ${subject.state}` };
}

/** What the page shows of a refusal. */
export function offerOf(refusal: Refusal | null): OfferDto {
  return { isAllowed: refusal === null, why: refusal?.why ?? null };
}
