import type { ApprovalPolicy } from '../contracts/policy';
import { assignApprovals } from './assign-approvals';

/** One decision as it is stored. */
export interface Decision {
  reviewerId: string;
  decision: 'approve' | 'reject';
  planChecksum: string;
  createdAt: Date;
  /** When it was declared void; null where it was not. */
  voidedAt: Date | null;
}

/**
 * Who may approve at a moment: people of groups by the group's name, and all reviewers; and those of each group who may ask,
 * by the group's id, for emergencies. All of them can sign in.
 */
export interface Eligibility {
  reviewers: ReadonlySet<string>;
  groups: ReadonlyMap<string, ReadonlySet<string>>;
  requesters: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Lets a plan through without approvals: why it does not, null where it does.
 * @param eligibility null where only the plan says who may: for what was used already
 */
export type Waiver = (eligibility: Eligibility | null) => string | null;

/** What decides whether a plan is approved. */
export interface ApprovalCase<D extends Decision = Decision> {
  policy: ApprovalPolicy;
  planChecksum: string;
  /** Those who asked for it or planned it anew: theirs never counts. */
  askerIds: readonly string[];
  decisions: readonly D[];
  /** What takes the place of approvals; absent or null where nothing does. */
  waiver?: Waiver | null;
}

/** The moment at which it is judged. */
export interface ApprovalMoment {
  at: Date;
  /** Null where only the plan says who may: for what was used already. */
  eligibility: Eligibility | null;
  /** By how many seconds the clocks of two machines may differ; 0 for whoever only looks. */
  toleranceSeconds: number;
}

/** F-17: what one machine has approved, another with a slower or faster clock still takes. */
export const CLOCK_TOLERANCE_SECONDS = 120;

export interface ApprovalJudgement<D extends Decision = Decision> {
  /** The rules of the policy, in its order, with the approvals that satisfy each. */
  rules: { group: string | null; required: number; by: D[]; isSatisfied: boolean }[];
  isRejected: boolean;
  isApproved: boolean;
  /** Of all that the rules ask for: how many are there, and how many there have to be. */
  given: number;
  required: number;
}

/**
 * Judges the decisions on a plan. An approval counts if it is of exactly this plan, by somebody who did not ask, not
 * void, not expired, and once a person. It satisfies a rule if the person was in its group when the plan was fixed and
 * still is. Unless the policy shares approvals, each counts for one rule: two rules need two people.
 */
export function judgeApprovals<D extends Decision>(
  of: ApprovalCase<D>,
  moment: ApprovalMoment,
): ApprovalJudgement<D> {
  const counting = distinctPeople(
    of.decisions.filter(
      (each) =>
        each.decision === 'approve' &&
        whyNotCounting(of, each, moment) === null &&
        !of.askerIds.includes(each.reviewerId),
    ),
  );
  const assigned = fillRules(of.policy, counting, (rule, each) =>
    maySatisfy(rule, each.reviewerId, moment.eligibility),
  );
  const judged = of.policy.rules.map(({ group, required }, at) => {
    const by = assigned[at] ?? [];
    return { group, required, by, isSatisfied: by.length >= Math.max(1, required) };
  });
  const areSatisfied = judged.length > 0 && judged.every((rule) => rule.isSatisfied);
  const isRejected = of.decisions.some(
    (each) =>
      each.decision === 'reject' && each.planChecksum === of.planChecksum && !isVoidAt(each, moment.at),
  );
  return {
    rules: judged,
    isRejected,
    isApproved: !isRejected && (of.waiver ? of.waiver(moment.eligibility) === null : areSatisfied),
    given: judged.reduce((sum, rule) => sum + Math.min(rule.by.length, rule.required), 0),
    required: judged.reduce((sum, rule) => sum + rule.required, 0),
  };
}

/**
 * What each rule of a policy is satisfied by, in its order: of `given`, what may satisfy it. Unless the policy shares approvals,
 * each of them counts for one rule.
 */
export function fillRules<T>(
  { rules, isShared }: Pick<ApprovalPolicy, 'rules' | 'isShared'>,
  given: readonly T[],
  may: (rule: ApprovalPolicy['rules'][number], each: T) => boolean,
): T[][] {
  if (isShared) return rules.map((rule) => given.filter((each) => may(rule, each)));
  const wanted = rules.map((rule) => ({
    required: rule.required,
    candidates: given.flatMap((each, at) => (may(rule, each) ? [at] : [])),
  }));
  return assignApprovals(wanted, given.length).map((places) => places.map((at) => given[at] as T));
}

/** Whether somebody may satisfy a rule: in its group when the plan was fixed, and at this moment. */
export function maySatisfy(
  rule: ApprovalPolicy['rules'][number],
  personId: string,
  eligibility: Eligibility | null,
): boolean {
  if (rule.people === null ? rule.group !== null : !rule.people.includes(personId)) return false;
  if (eligibility === null) return true;
  if (!eligibility.reviewers.has(personId)) return false;
  return rule.group === null || (eligibility.groups.get(rule.group)?.has(personId) ?? false);
}

/** Why a decision does not count at this moment, whoever made it; null where it does. */
export function whyNotCounting(
  of: Pick<ApprovalCase, 'policy' | 'planChecksum'>,
  decision: Decision,
  { at, toleranceSeconds }: Pick<ApprovalMoment, 'at' | 'toleranceSeconds'>,
): 'other-plan' | 'void' | 'expired' | 'not-yet' | null {
  if (decision.planChecksum !== of.planChecksum) return 'other-plan';
  if (isVoidAt(decision, at)) return 'void';
  if (decision.decision === 'reject') return null;
  if (decision.createdAt.getTime() > at.getTime() + CLOCK_TOLERANCE_SECONDS * 1000) return 'not-yet';
  const end = expiryOf(of.policy, decision).getTime() + toleranceSeconds * 1000;
  return at.getTime() > end ? 'expired' : null;
}

/** Until when an approval counts. */
export function expiryOf(policy: ApprovalPolicy, { createdAt }: Pick<Decision, 'createdAt'>): Date {
  return new Date(createdAt.getTime() + policy.expiryHours * 3_600_000);
}

function isVoidAt({ voidedAt }: Decision, at: Date): boolean {
  return voidedAt !== null && voidedAt <= at;
}

/** The latest decision of each person: the one that counts longest. */
function distinctPeople<D extends Decision>(decisions: readonly D[]): D[] {
  const byPerson = new Map<string, D>();
  for (const each of decisions) {
    const known = byPerson.get(each.reviewerId);
    if (!known || known.createdAt < each.createdAt) byPerson.set(each.reviewerId, each);
  }
  return [...byPerson.values()];
}
