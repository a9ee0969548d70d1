import type { ApprovalRule } from '../contracts/policy';
import type { EdgeApprovalRule } from '../db/edge';
import { AppError } from '../errors';
import type { GroupNames } from './approval-settings';

/** Rules as an edge stores them, groups by id. @throws AppError `not-found` for a group that is not there */
export function edgeRuleRows(rules: readonly ApprovalRule[], names: GroupNames): EdgeApprovalRule[] {
  return rules.map(({ group, required }) => ({
    groupId: group === null ? null : groupIdOf(group, names, 'approvalRules'),
    required,
  }));
}

/** The id of a group by its name. @throws AppError `not-found`, with the field of the edge that names it */
export function groupIdOf(group: string, names: GroupNames, field = 'emergencyGroup'): string {
  for (const [id, name] of names) if (name === group) return id;
  throw new AppError('not-found', `there is no group called ${group}; add it first`, { details: { field } });
}
