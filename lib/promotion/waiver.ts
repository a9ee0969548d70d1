import { emergencyOf, type Plan } from '../contracts/promotion';
import { sponsorIdsSchema } from '../contracts/token';
import type { Waiver } from './judge-approvals';

/** What of a promotion's rows a waiver is proven from. */
export interface WaiverRows {
  requesterId: string;
  replannedById: string | null;
  /** JSON text: ids of the people behind the token that it was asked for with. */
  sponsorIds: string;
  edge: { emergencyGroupId: string | null };
}

/**
 * What lets a plan through without approvals, by what it says itself; null where it needs them. An emergency holds where
 * one person asked, with no token, who was in its group when the plan was fixed; and as long as nothing has moved the edge
 * still names that group, and the person is in it still: a release manager who can sign in.
 *
 * @throws ZodError, SyntaxError where what is stored of who asked is no list
 */
export function waiverOf(plan: Plan, rows: WaiverRows): Waiver | null {
  const emergency = emergencyOf(plan);
  if (emergency === null) return null;
  const { requesterId, replannedById, sponsorIds, edge } = rows;
  const isPersonal = replannedById === null && sponsorIdsSchema.parse(JSON.parse(sponsorIds)).length === 0;
  const { groupId, group, people } = emergency;
  return (eligibility) => {
    if (!isPersonal) return 'an emergency is asked for by one person alone, and with no token';
    if (!people.includes(requesterId)) return `who asked was not in ${group} when the emergency was planned`;
    if (eligibility === null) return null;
    if (edge.emergencyGroupId !== groupId) return `the edge does not let ${group} publish without approval`;
    if (eligibility.requesters.get(groupId)?.has(requesterId)) return null;
    return `who asked for the emergency is no release manager of ${group} any more`;
  };
}
