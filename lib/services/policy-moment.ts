import type { Reader } from '../db/client';
import { readEligibility } from '../db/group';
import type { ApprovalMoment } from '../promotion/judge-approvals';

/** The present, as approvals are judged by: who may approve now. */
export async function readPolicyMoment(db: Reader, at: Date): Promise<ApprovalMoment> {
  return { at, eligibility: await readEligibility(db), toleranceSeconds: 0 };
}
