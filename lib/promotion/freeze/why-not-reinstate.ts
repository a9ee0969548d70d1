import type { PromotionState } from '../../contracts/promotion';
import { type PolicyActor, type Refusal, roleRefusal } from '../policy';

export interface ReinstateSubject {
  state: PromotionState;
  /** Whether its refs move, or have moved. */
  isCommitted: boolean;
  /** Whether an override lets its plan past a freeze. */
  isOverridden: boolean;
}

/**
 * Taking an override back stops something and lets nothing through: any release manager or admin may, as long as it can
 * still make a difference. What runs looks at freezes once more right before its refs move.
 */
export function whyNotReinstate(
  { state, isCommitted, isOverridden }: ReinstateSubject,
  actor: Pick<PolicyActor, 'stageRole'>,
  mayReinstate: boolean,
): Refusal | null {
  if (!mayReinstate) return roleRefusal('only release managers and admins reinstate a freeze', actor);
  if (state !== 'requested' && state !== 'approved' && state !== 'running') {
    return { code: 'state-changed', why: `it is ${state}` };
  }
  if (isCommitted) {
    return { code: 'state-changed', why: 'its refs are being published; it only goes forward' };
  }
  return isOverridden ? null : { code: 'state-changed', why: 'no override lets it past a freeze' };
}
