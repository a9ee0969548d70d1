import type { Reader } from '../db/client';
import { readPolicyPeople } from '../db/group';
import { eligibilityOn, type PolicyPerson } from '../promotion/eligibility';
import type { ApprovalMoment, Eligibility } from '../promotion/judge-approvals';

/** A moment of which it is known who may approve and ask, into one stage. */
export type StageMoment = ApprovalMoment & { eligibility: Eligibility };

/** A moment, with everybody who may approve or ask for something then. */
export interface PolicyMoment extends Pick<ApprovalMoment, 'at' | 'toleranceSeconds'> {
  people: readonly PolicyPerson[];
  /** The moment as what leads into the stage is judged by. */
  on(stageId: string): StageMoment;
}

/** The present, as approvals are judged by: who may approve now. */
export async function readPolicyMoment(db: Reader, at: Date): Promise<PolicyMoment> {
  return policyMoment(at, await readPolicyPeople(db));
}

/** The moment at which these people can sign in. */
export function policyMoment(at: Date, people: readonly PolicyPerson[]): PolicyMoment {
  const known = new Map<string, Eligibility>();
  const eligibilityOf = (stageId: string) => {
    const eligibility = known.get(stageId) ?? eligibilityOn(people, stageId);
    known.set(stageId, eligibility);
    return eligibility;
  };
  const about = { at, toleranceSeconds: 0 };
  return { ...about, people, on: (stageId) => ({ ...about, eligibility: eligibilityOf(stageId) }) };
}
