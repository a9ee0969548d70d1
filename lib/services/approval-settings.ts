import type { EmergencyPolicy } from '../contracts/policy';
import type { Reader } from '../db/client';
import { type EdgeRow, edgeApprovalRules } from '../db/edge';
import { findGroups, readEligibility } from '../db/group';
import { type ApprovalSettings, fixApprovalPolicy } from '../promotion/fix-approval-policy';

/** Names of groups by their ids. */
export type GroupNames = ReadonlyMap<string, string>;

export async function readGroupNames(db: Reader): Promise<GroupNames> {
  return new Map((await findGroups(db)).map(({ id, name }) => [id, name]));
}

/** What an edge asks of approvals, with groups by name. */
export function approvalSettings(
  edge: Pick<EdgeRow, 'approvalRules' | 'approvalExpiryHours' | 'isApprovalShared'>,
  names: GroupNames,
): ApprovalSettings {
  return {
    rules: edgeApprovalRules(edge).map(({ groupId, required }) => ({
      // A group that edges name can't be removed; were it gone, its rule is one that nobody satisfies.
      group: groupId === null ? null : (names.get(groupId) ?? 'removed-group'),
      required,
    })),
    expiryHours: edge.approvalExpiryHours,
    isShared: edge.isApprovalShared,
  };
}

/** The approval policy of an edge as a plan that is made now holds it. */
export async function readApprovalPolicy(
  db: Reader,
  edge: Parameters<typeof approvalSettings>[0] & Pick<EdgeRow, 'toStageId'>,
) {
  const eligibility = await readEligibility(db, edge.toStageId);
  return fixApprovalPolicy(approvalSettings(edge, await readGroupNames(db)), eligibility);
}

/** The group whose release managers may publish without approval along an edge, by name; null: nobody may. */
export function emergencyGroupOf(edge: Pick<EdgeRow, 'emergencyGroupId'>, names: GroupNames): string | null {
  return edge.emergencyGroupId === null ? null : (names.get(edge.emergencyGroupId) ?? null);
}

/** Who may publish without approval along an edge, as the plan of an emergency holds it; null: nobody may. */
export async function readEmergencyPolicy(
  db: Reader,
  edge: Pick<EdgeRow, 'toStageId' | 'emergencyGroupId' | 'emergencyReviewHours'>,
): Promise<EmergencyPolicy | null> {
  const group = emergencyGroupOf(edge, await readGroupNames(db));
  const groupId = edge.emergencyGroupId;
  if (group === null || groupId === null) return null;
  const { requesters } = await readEligibility(db, edge.toStageId);
  const people = [...(requesters.get(groupId) ?? [])].sort();
  return { groupId, group, people, reviewHours: edge.emergencyReviewHours };
}
