import type { PromotionState } from '../contracts/promotion';
import { type PolicyActor, type Refusal, roleRefusal } from './policy';

export interface CancelSubject {
  state: PromotionState;
  requesterId: string;
  /** Whether its refs move, or have moved. */
  isCommitted: boolean;
  /** Who has asked for it already; null where nobody has. */
  askedBy: string | null;
}

/**
 * Who may stop a run before its refs move: any release manager or admin, whoever asked for it, since stopping lets nothing
 * through; a program only what it asked for itself. What no worker has begun is withdrawn.
 */
export function whyNotCancel(
  { state, requesterId, isCommitted, askedBy }: CancelSubject,
  actor: Pick<PolicyActor, 'id' | 'isPerson' | 'stageRole' | 'mayCancel'>,
): Refusal | null {
  if (!actor.mayCancel) return roleRefusal('only release managers and admins cancel a run', actor);
  if (!actor.isPerson && actor.id !== requesterId) {
    return { code: 'forbidden', why: 'a program cancels only what it asked for' };
  }
  if (state === 'requested' || state === 'approved') {
    return { code: 'state-changed', why: 'no worker has begun it: withdraw it instead' };
  }
  if (state !== 'running') return { code: 'state-changed', why: `it is ${state}` };
  if (isCommitted) {
    return { code: 'state-changed', why: 'its refs are being published; it only goes forward' };
  }
  if (askedBy === null) return null;
  return { code: 'state-changed', why: `${askedBy} has asked for that already; it stops in a moment` };
}
