import type { ExternalCheck } from '../contracts/edge-checks';
import { type EdgeInput, edgeInputSchema } from '../contracts/stage';
import { type EdgeChange, type EdgeWithStages, edgeApprovalRules, edgeExternalChecks } from '../db/edge';
import { type AutomaticRules, findAutomaticProblem } from '../promotion/automatic-refs';
import { edgeAutomaticRules } from '../promotion/edge-rules';
import { ruleText } from '../promotion/fix-approval-policy';
import { approvalSettings, emergencyGroupOf, type GroupNames } from './approval-settings';
import { edgeRuleRows, groupIdOf } from './edge-rule-rows';
import { InputInvalidError } from './parse-input';

/** What of an edge can be changed: its two ends stay. */
export const updateEdgeSchema = edgeInputSchema.omit({ from: true, to: true }).partial();
export type UpdateEdgeInput = Partial<Omit<EdgeInput, 'from' | 'to'>>;

const scalarFields = [
  'mode',
  'verifyObjects',
  'requireSourceHead',
  'approvalExpiryHours',
  'isApprovalShared',
  'soakHours',
  'versionCheck',
  'fastForwardCheck',
  'sourceFsckCheck',
  'emergencyReviewHours',
  'automaticApproval',
] as const;

/**
 * What changes in the row, and the same as a person reads it.
 * @throws AppError `not-found` for a group that is not there; `input-invalid` as `refuseAutomaticRefs`
 */
export function planEdgeChange(
  edge: EdgeWithStages,
  wanted: UpdateEdgeInput,
  names: GroupNames,
): { change: EdgeChange; sentences: string[] } {
  const stored = { ...edge, ...edgeAutomaticRules(edge) } as const;
  refuseAutomaticRefs({ ...stored, ...pickRules(wanted) });
  const change: EdgeChange = {};
  const sentences: string[] = [];
  for (const field of scalarFields) {
    const value = wanted[field];
    if (value === undefined || value === stored[field]) continue;
    Object.assign(change, { [field]: value });
    sentences.push(`${field} ${stored[field]} → ${value}`);
  }
  for (const field of ['refGlobs', 'renames', 'automaticRefs'] as const) {
    const value = wanted[field];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(stored[field])) continue;
    change[field] = JSON.stringify(value);
    sentences.push(`${field} ${JSON.stringify(value)}`);
  }
  if (wanted.approvalRules !== undefined) {
    const rows = JSON.stringify(edgeRuleRows(wanted.approvalRules, names));
    if (rows !== JSON.stringify(edgeApprovalRules(edge))) {
      change.approvalRules = rows;
      const before = approvalSettings(edge, names).rules.map(ruleText).join(' and ');
      sentences.push(`approvals: ${before} → ${wanted.approvalRules.map(ruleText).join(' and ')}`);
    }
  }
  if (wanted.externalChecks !== undefined) {
    const checks = JSON.stringify(wanted.externalChecks.map(({ name, level }) => ({ name, level })));
    if (checks !== edge.externalChecks) {
      change.externalChecks = checks;
      const before = externalChecksText(edgeExternalChecks(edge));
      sentences.push(`external checks: ${before} → ${externalChecksText(wanted.externalChecks)}`);
    }
  }
  if (wanted.emergencyGroup !== undefined) {
    const groupId = wanted.emergencyGroup === null ? null : groupIdOf(wanted.emergencyGroup, names);
    if (groupId !== edge.emergencyGroupId) {
      change.emergencyGroupId = groupId;
      const before = emergencyGroupOf(edge, names) ?? 'nobody';
      sentences.push(`publish without approval: ${before} → ${wanted.emergencyGroup ?? 'nobody'}`);
    }
  }
  return { change, sentences };
}

function pickRules({ refGlobs, automaticRefs }: UpdateEdgeInput) {
  return {
    ...(refGlobs !== undefined && { refGlobs }),
    ...(automaticRefs !== undefined && { automaticRefs }),
  };
}

/** @throws InputInvalidError for a glob of what is promoted by itself that names nothing the edge takes */
export function refuseAutomaticRefs(rules: AutomaticRules): void {
  const glob = findAutomaticProblem(rules);
  if (glob === null) return;
  throw new InputInvalidError({ automaticRefs: `the edge takes no ref like ${glob}` });
}

function externalChecksText(checks: readonly ExternalCheck[]): string {
  return checks.map(({ name, level }) => `${name} (${level})`).join(', ') || 'none';
}
