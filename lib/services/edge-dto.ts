import { checkLevelSchema } from '../contracts/edge-checks';
import { automaticApprovalSchema } from '../contracts/policy';
import { modeSchema } from '../contracts/scalars';
import type { EdgeDto } from '../contracts/stage';
import { type EdgeWithStages, edgeExternalChecks } from '../db/edge';
import { edgeAutomaticRules } from '../promotion/edge-rules';
import { approvalSettings, emergencyGroupOf, type GroupNames } from './approval-settings';

/** An edge as pages and clients see one. */
export function edgeDto(row: EdgeWithStages, names: GroupNames): EdgeDto {
  const { rules, expiryHours, isShared } = approvalSettings(row, names);
  return {
    id: row.id,
    from: row.from.name,
    to: row.to.name,
    mode: modeSchema.parse(row.mode),
    ...edgeAutomaticRules(row),
    verifyObjects: row.verifyObjects,
    requireSourceHead: row.requireSourceHead,
    approvalRules: [...rules],
    approvalExpiryHours: expiryHours,
    isApprovalShared: isShared,
    soakHours: row.soakHours,
    versionCheck: checkLevelSchema.parse(row.versionCheck),
    fastForwardCheck: checkLevelSchema.parse(row.fastForwardCheck),
    sourceFsckCheck: checkLevelSchema.parse(row.sourceFsckCheck),
    externalChecks: edgeExternalChecks(row),
    emergencyGroup: emergencyGroupOf(row, names),
    emergencyReviewHours: row.emergencyReviewHours,
    automaticApproval: automaticApprovalSchema.parse(row.automaticApproval),
    policyVersion: row.policyVersion,
  };
}
