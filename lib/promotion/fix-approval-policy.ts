import type { ApprovalPolicy } from '../contracts/policy';
import type { Eligibility } from './judge-approvals';

/** The approval rules of an edge, with groups by name. */
export interface ApprovalSettings {
  rules: readonly { group: string | null; required: number }[];
  expiryHours: number;
  isShared: boolean;
}

/** The policy as a plan holds it: with those who are in its groups now. The same people give the same plan. */
export function fixApprovalPolicy(settings: ApprovalSettings, eligibility: Eligibility): ApprovalPolicy {
  return {
    rules: settings.rules.map(({ group, required }) => ({
      group,
      required,
      people: group === null ? null : [...(eligibility.groups.get(group) ?? [])].sort(),
    })),
    expiryHours: settings.expiryHours,
    isShared: settings.isShared,
  };
}

/** "2 reviewers", "1 of security": a rule as people read it. */
export function ruleText({ group, required }: { group: string | null; required: number }): string {
  if (group === null) return `${required} reviewer${required === 1 ? '' : 's'}`;
  return `${required} of ${group}`;
}
