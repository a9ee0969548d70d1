import type { PromotionState } from '../../contracts/promotion';
import type { Refusal } from '../policy';

export interface OverrideSubject {
  state: PromotionState;
  /** Whether a window stops it that no override is for. */
  isFrozen: boolean;
}

/** Letting past a freeze needs a right of its own, a freeze, and a promotion that has not begun. */
export function whyNotOverride({ state, isFrozen }: OverrideSubject, mayOverride: boolean): Refusal | null {
  if (!mayOverride) return { code: 'forbidden', why: 'only admins override a freeze' };
  if (state !== 'requested' && state !== 'approved') return { code: 'state-changed', why: `it is ${state}` };
  return isFrozen ? null : { code: 'state-changed', why: 'no freeze stops it now' };
}
