import type { EmergencyPolicy } from '../contracts/policy';
import type { OfferDto, Plan, PromotionState } from '../contracts/promotion';
import {
  type ApprovalCase,
  type ApprovalMoment,
  type Decision,
  judgeApprovals,
  maySatisfy,
  whyNotCounting,
} from './judge-approvals';
import { nextState } from './state-machine';

/** What of a promotion the policy looks at, and when. */
export interface PolicySubject<D extends Decision = Decision> extends ApprovalCase<D> {
  state: PromotionState;
  requesterId: string;
  /** Whether a program asked, by a token; and the people behind the token. */
  isOfProgram: boolean;
  sponsorIds: readonly string[];
  /** Who could publish it without approval; null where it is no emergency. */
  emergency: EmergencyPolicy | null;
  /** Whether Treeline itself asked for it. */
  isAutomatic: boolean;
  moment: ApprovalMoment;
}

/** Who asks. `mayDecide` and so on: what the role that they have for the target stage allows at all. */
export interface PolicyActor {
  id: string | null;
  isPerson: boolean;
  /** The role that they have for the target stage in place of their own; null where it is theirs everywhere. */
  stageRole: { stage: string; role: string } | null;
  mayDecide: boolean;
  mayWithdraw: boolean;
  mayRetry: boolean;
  mayCancel: boolean;
  mayRollBack: boolean;
}

/** Why somebody may not approve or reject, as a code and as a sentence; null where they may. */
export interface Refusal {
  code: 'forbidden' | 'own-request' | 'already-decided' | 'state-changed' | 'conflict';
  why: string;
}

/** The rule for both decisions: never one's own request, one counting decision a person and plan, while it is requested. */
function whyNotDecide(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayDecide || actor.id === null) return roleRefusal('only reviewers decide', actor);
  if (actor.id === subject.requesterId) {
    return { code: 'own-request', why: 'you asked for it: somebody else has to decide' };
  }
  if (subject.sponsorIds.includes(actor.id)) {
    return {
      code: 'own-request',
      why: 'it was asked for with a token that you hold or made: somebody else has to decide',
    };
  }
  if (subject.askerIds.includes(actor.id)) {
    return { code: 'own-request', why: 'you planned it anew: somebody else has to decide' };
  }
  if (subject.state !== 'requested') {
    return { code: 'state-changed', why: `it is ${subject.state}` };
  }
  const hasDecided = subject.decisions.some(
    (each) => each.reviewerId === actor.id && whyNotCounting(subject, each, subject.moment) === null,
  );
  return hasDecided ? { code: 'already-decided', why: 'you have decided on this plan already' } : null;
}

/** Any reviewer who did not ask may say no. */
export function whyNotReject(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  return whyNotDecide(subject, actor);
}

/** Yes is said by those whom a rule names: in its group when the plan was fixed, and still. */
export function whyNotApprove(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  const refusal = whyNotDecide(subject, actor);
  if (refusal || actor.id === null) return refusal;
  const { rules } = subject.policy;
  const { eligibility } = subject.moment;
  if (rules.some((rule) => maySatisfy(rule, actor.id as string, eligibility))) return null;
  const groups = rules.flatMap(({ group }) => (group === null ? [] : [group]));
  const wasLate = rules.some(
    ({ group }) => group !== null && eligibility?.groups.get(group)?.has(actor.id as string),
  );
  const why = wasLate
    ? `you came into ${groups.join(' or ')} after it was asked for; whoever was in it then approves`
    : `its rules ask for ${groups.join(' and ')}, and you are not in ${groups.length === 1 ? 'that group' : 'any of them'}`;
  return { code: 'forbidden', why };
}

/** Only the one who asked takes it back, and only before a run has begun; for a program any release manager may. */
export function whyNotWithdraw(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayWithdraw) return roleRefusal('only release managers withdraw their requests', actor);
  const mayForProgram = subject.isOfProgram && actor.isPerson;
  if (actor.id !== subject.requesterId && !mayForProgram) {
    return { code: 'forbidden', why: 'only the person who asked can withdraw it' };
  }
  if (nextState(subject.state, 'withdraw')) return null;
  const hint = subject.state === 'running' ? ': cancel it instead' : '';
  return { code: 'state-changed', why: `it is ${subject.state}${hint}` };
}

/** Any release manager may retry what failed or went stale; approvals of the same plan that still hold count. */
export function whyNotRetry(subject: PolicySubject, actor: PolicyActor): Refusal | null {
  if (!actor.mayRetry) return roleRefusal('only release managers retry', actor);
  const refusal = whyNotRetrySpecial(subject, actor);
  if (refusal) return refusal;
  return nextState(subject.state, 'retry-same-plan')
    ? null
    : { code: 'state-changed', why: `it is ${subject.state}` };
}

/** Refuses what the role does not allow; says which role that is where it is not the one that somebody has everywhere. */
export function roleRefusal(why: string, { stageRole }: Pick<PolicyActor, 'stageRole'>): Refusal {
  const there = stageRole === null ? '' : `; your role for ${stageRole.stage} is ${stageRole.role}`;
  return { code: 'forbidden', why: `${why}${there}` };
}

/** What a promotion has published can be taken back where something was there before. */
export function whyNotRollBack(
  { state }: Pick<PolicySubject, 'state'>,
  { kind, refs }: Pick<Plan, 'kind' | 'refs'>,
  actor: Pick<PolicyActor, 'mayRollBack' | 'stageRole'>,
): Refusal | null {
  if (!actor.mayRollBack) return roleRefusal('only release managers ask for a rollback', actor);
  if (state !== 'published') return { code: 'state-changed', why: `it is ${state}` };
  if (kind === 'remove') {
    return { code: 'state-changed', why: 'it removed its refs: promote them again to have them back' };
  }
  const isNew = refs.every(({ expectedChecksum }) => expectedChecksum === null);
  return isNew ? { code: 'state-changed', why: 'its refs were new: there is nothing to go back to' } : null;
}

/**
 * Nobody lets an emergency through again but those who could ask for it; and a new plan is a new emergency. What Treeline
 * asked for it plans anew itself.
 */
function whyNotRetrySpecial(
  { emergency, isAutomatic, state, moment }: PolicySubject,
  actor: PolicyActor,
): Refusal | null {
  if (isAutomatic && state === 'stale') {
    return { code: 'state-changed', why: 'Treeline asks for it anew by itself, as the edge says' };
  }
  if (emergency === null) return null;
  if (state === 'stale') {
    return { code: 'state-changed', why: 'an emergency is not planned anew: ask for another one' };
  }
  const isIn = moment.eligibility?.requesters.get(emergency.groupId)?.has(actor.id ?? '') ?? false;
  if (isIn || state !== 'failed') return null;
  return { code: 'forbidden', why: `only release managers of ${emergency.group} retry an emergency` };
}

/** What the page shows of a refusal. */
export function offerOf(refusal: Refusal | null): OfferDto {
  return { isAllowed: refusal === null, why: refusal?.why ?? null };
}

/** Rules that lack somebody, with how many, and whether this person could be one of them. */
export function findOpenRules(
  subject: PolicySubject,
  actor: PolicyActor,
): { group: string | null; missing: number; isForMe: boolean }[] {
  const isMine = whyNotApprove(subject, actor) === null;
  return judgeApprovals(subject, subject.moment).rules.flatMap(({ group, required, by, isSatisfied }, at) => {
    if (isSatisfied) return [];
    const rule = subject.policy.rules[at];
    const may = isMine && rule !== undefined && maySatisfy(rule, actor.id ?? '', subject.moment.eligibility);
    return [{ group, missing: required - by.length, isForMe: may }];
  });
}
