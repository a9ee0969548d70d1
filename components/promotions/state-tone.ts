import type { PromotionState } from '@/lib/contracts/promotion';

/** The tones that a state pill has. */
export type StateTone = 'none' | 'ok' | 'run' | 'wait' | 'bad' | 'stale';

const TONES: Record<PromotionState, StateTone> = {
  requested: 'wait',
  approved: 'run',
  running: 'run',
  published: 'ok',
  failed: 'bad',
  stale: 'stale',
  rejected: 'bad',
  withdrawn: 'none',
  cancelled: 'none',
  superseded: 'none',
};

/** The tone of a promotion's state. Only `published` is ever green. */
export function stateTone(state: PromotionState): StateTone {
  return TONES[state];
}

/** Whether the promotion may still change without anyone asking for a retry. */
export function isOpen(state: PromotionState): boolean {
  return state === 'requested' || state === 'approved' || state === 'running';
}
