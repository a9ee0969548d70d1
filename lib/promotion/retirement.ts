import type { PromotionState } from '../contracts/promotion';
import type { Refusal } from './policy';

/** For how long a commit that a ref was at stays for a rollback, in days, as long as the stage has the ref. */
export const ROLLBACK_WINDOW_DAYS = 30;

/** States from which a retry leads, with the commits that were planned. */
export const retryableStates = ['failed', 'stale'] as const satisfies readonly PromotionState[];

/** What becomes of the commits of refs that were removed. */
export type RetirementState = 'waiting' | 'deleting' | 'done' | 'stopped';

/** Why what a removal left can't be kept any more; null where it can. */
export function whyNotKeep(state: RetirementState, mayStop: boolean): Refusal | null {
  if (!mayStop)
    return { code: 'forbidden', why: 'only release managers and admins keep what is to be deleted' };
  const why = {
    waiting: null,
    deleting: 'a worker has begun to delete it',
    done: 'it is deleted already',
    stopped: 'it is kept already',
  }[state];
  return why === null ? null : { code: 'state-changed', why };
}
