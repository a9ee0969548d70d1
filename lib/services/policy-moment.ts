import type { Reader } from '../db/client';
import { readEligibility } from '../db/group';
import type { ApprovalMoment, Eligibility } from '../promotion/judge-approvals';

/** A moment of which it is known who may approve and ask. */
export type PolicyMoment = ApprovalMoment & { eligibility: Eligibility };

/** The present, as approvals are judged by: who may approve now. */
export async function readPolicyMoment(db: Reader, at: Date): Promise<PolicyMoment> {
  return { at, eligibility: await readEligibility(db), toleranceSeconds: 0 };
}
