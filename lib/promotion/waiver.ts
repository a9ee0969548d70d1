import type { EmergencyPolicy } from '../contracts/policy';
import { automaticOf, emergencyOf, isWithinStage, type Plan } from '../contracts/promotion';
import { sponsorIdsSchema } from '../contracts/token';
import { isAutomatic } from './automatic-refs';
import { edgeAutomaticRules } from './edge-rules';
import type { Waiver } from './judge-approvals';
import { AUTOMATIC_ACCOUNT_ID } from './service-role';

/** What of a promotion's rows a waiver is proven from. */
export interface WaiverRows {
  requesterId: string;
  replannedById: string | null;
  /** JSON text: ids of the people behind the token that it was asked for with. */
  sponsorIds: string;
  edge: WaiverEdge;
}

/** What of an edge says what may be published without approval; its lists are JSON texts. */
export interface WaiverEdge {
  policyVersion: number;
  refGlobs: string;
  renames: string;
  emergencyGroupId: string | null;
  automaticRefs: string;
  automaticApproval: string;
}

/**
 * What lets a plan through without approvals, by what it says itself; null where it needs them.
 *
 * @throws ZodError, SyntaxError where what is stored of who asked is no list
 */
export function waiverOf(plan: Plan, rows: WaiverRows): Waiver | null {
  const emergency = emergencyOf(plan);
  if (isWithinStage(plan) && (emergency !== null || automaticOf(plan) !== null)) {
    return () => 'what stays within a stage is asked for by somebody and approved by others';
  }
  if (emergency !== null) return emergencyWaiver(emergency, rows);
  return automaticOf(plan)?.approval === 'none' ? automaticWaiver(plan, rows) : null;
}

/**
 * An emergency holds where one person asked, with no token, who was in its group when the plan was fixed; and as long as
 * nothing has moved the edge still names that group, and the person is in it still: a release manager who can sign in.
 */
function emergencyWaiver(
  { groupId, group, people }: EmergencyPolicy,
  { requesterId, replannedById, sponsorIds, edge }: WaiverRows,
): Waiver {
  const isPersonal = replannedById === null && sponsorIdsSchema.parse(JSON.parse(sponsorIds)).length === 0;
  return (eligibility) => {
    if (!isPersonal) return 'an emergency is asked for by one person alone, and with no token';
    if (!people.includes(requesterId)) return `who asked was not in ${group} when the emergency was planned`;
    if (eligibility === null) return null;
    if (edge.emergencyGroupId !== groupId) return `the edge does not let ${group} publish without approval`;
    if (eligibility.requesters.get(groupId)?.has(requesterId)) return null;
    return `who asked for the emergency is no release manager of ${group} any more`;
  };
}

/**
 * What an edge promotes by itself without approval holds where Treeline asked, and nobody planned it anew; and as long as
 * nothing has moved the edge still says so of each of its refs, under the very policy of the plan.
 */
function automaticWaiver(plan: Plan, { requesterId, replannedById, edge }: WaiverRows): Waiver {
  const isByItself = requesterId === AUTOMATIC_ACCOUNT_ID && replannedById === null;
  return (eligibility) => {
    if (!isByItself) return 'somebody asked for it, so it has to be approved';
    if (eligibility === null) return null;
    if (edge.automaticApproval !== 'none') return 'the edge asks for approvals of what it promotes by itself';
    if (edge.policyVersion !== plan.policyVersion) return 'the edge was changed after it was planned';
    const rules = edgeAutomaticRules(edge);
    const other = plan.refs.find(({ sourceRef }) => !isAutomatic(rules, sourceRef));
    return other ? `the edge does not promote ${other.sourceRef} by itself` : null;
  };
}
