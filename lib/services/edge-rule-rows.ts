import type { ApprovalRule } from '../contracts/policy';
import type { EdgeApprovalRule } from '../db/edge';
import { AppError } from '../errors';
import type { GroupNames } from './approval-settings';

/** Rules as an edge stores them, groups by id. @throws AppError `not-found` for a group that is not there */
export function edgeRuleRows(rules: readonly ApprovalRule[], names: GroupNames): EdgeApprovalRule[] {
  const ids = new Map([...names].map(([id, name]) => [name, id]));
  return rules.map(({ group, required }) => {
    if (group === null) return { groupId: null, required };
    const groupId = ids.get(group);
    if (groupId !== undefined) return { groupId, required };
    throw new AppError('not-found', `there is no group called ${group}; add it first`, {
      details: { field: 'approvalRules' },
    });
  });
}
