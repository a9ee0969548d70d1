import type { ApprovalPolicy } from '../contracts/policy';
import type { CheckDto } from '../contracts/promotion';
import { assignApprovals } from './assign-approvals';
import { ruleText } from './fix-approval-policy';
import type { Eligibility } from './judge-approvals';

/**
 * Whether there are people enough for the rules of a plan: otherwise it would wait for ever. Those who ask are no
 * reviewers, so all reviewers can be counted, but for those with whose token a program asks.
 */
export function checkApprovers(
  policy: ApprovalPolicy,
  eligibility: Eligibility,
  sponsorIds: readonly string[],
): CheckDto {
  const everybody = [...eligibility.reviewers].filter((id) => !sponsorIds.includes(id));
  const slots = policy.rules.map(({ required, people }) => ({
    required,
    candidates: everybody.flatMap((id, at) => (people === null || people.includes(id) ? [at] : [])),
  }));
  const filled = policy.isShared
    ? slots.map(({ required, candidates }) => Math.min(required, candidates.length))
    : assignApprovals(slots, everybody.length).map((approvals) => approvals.length);
  const short = policy.rules.find((rule, at) => (filled[at] ?? 0) < rule.required);
  const check = { code: 'approvers', title: 'There is somebody to approve it', ref: null };
  if (!short) {
    const asked = policy.rules.map(ruleText).join(' and ');
    return { ...check, result: 'pass', detail: `${asked}, each of whom can sign in` };
  }
  const detail = policy.isShared
    ? `the rules ask for ${ruleText(short)}, and there are not that many who can sign in; add people`
    : `the rules ask for ${ruleText(short)}, and there are not that many who can sign in and count for no other rule; add people`;
  return { ...check, result: 'fail', detail };
}
