import type { PromotionState } from '../contracts/promotion';
import type { Refusal } from './policy';
import { nextState } from './state-machine';

/** The older request, and what the new one does beside it. */
export interface SupersedeSubject {
  state: PromotionState;
  /** Whether both go along one edge. */
  isSameEdge: boolean;
  /** A ref of the target that only the older one moves; null where there is none. */
  leftOut: string | null;
  /** A ref of the target that the new one would move to an older commit; null where there is none. */
  olderRef: string | null;
  /** Whether who asks is a person, or the program that asked for the older one. */
  isEntitled: boolean;
}

/**
 * A new request takes the place of an older one that no worker has begun, where it moves the same refs along the same edge,
 * none of them to an older commit. Any person who may ask may say so; a program only of what it asked for itself.
 */
export function whyNotSupersede(of: SupersedeSubject): Refusal | null {
  if (!of.isEntitled) {
    return { code: 'forbidden', why: 'a program supersedes only what it asked for itself' };
  }
  if (!nextState(of.state, 'supersede')) {
    const why =
      of.state === 'running'
        ? 'its run has begun, so it can’t be superseded; cancel it, or ask once it is over'
        : `it is ${of.state}, so there is nothing to supersede`;
    return { code: 'state-changed', why };
  }
  if (!of.isSameEdge) return { code: 'conflict', why: 'it goes along another edge' };
  if (of.leftOut !== null) {
    return { code: 'conflict', why: `it moves ${of.leftOut} too, which the new one leaves out` };
  }
  if (of.olderRef !== null) {
    return { code: 'conflict', why: `it moves ${of.olderRef} to a later commit than the new one does` };
  }
  return null;
}
