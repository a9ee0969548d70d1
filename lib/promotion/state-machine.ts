import type { PromotionState } from '../contracts/promotion';
import { AppError } from '../errors';

/** What can happen to a promotion. */
export type PromotionEvent =
  | 'approve'
  | 'reject'
  | 'withdraw'
  | 'claim'
  | 'put-back'
  | 'publish'
  | 'cancel'
  | 'supersede'
  | 'fail'
  | 'become-stale'
  | 'void-approval'
  | 'retry-same-plan'
  | 'retry-new-plan';

const transitions: Readonly<
  Record<PromotionState, Readonly<Partial<Record<PromotionEvent, PromotionState>>>>
> = {
  requested: {
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    'become-stale': 'stale',
    supersede: 'superseded',
  },
  approved: {
    claim: 'running',
    withdraw: 'withdrawn',
    'become-stale': 'stale',
    'void-approval': 'requested',
    supersede: 'superseded',
  },
  // `claim` again: another worker takes the run up after a crash.
  running: {
    claim: 'running',
    publish: 'published',
    cancel: 'cancelled',
    fail: 'failed',
    'become-stale': 'stale',
    // Before the first ref moves: it has to wait after all.
    'put-back': 'approved',
  },
  failed: { 'retry-same-plan': 'approved', 'retry-new-plan': 'requested' },
  stale: { 'retry-same-plan': 'approved', 'retry-new-plan': 'requested' },
  published: {},
  rejected: {},
  withdrawn: {},
  cancelled: {},
  superseded: {},
};

/** The state after `event`, or null where it can't happen in `state`. */
export function nextState(state: PromotionState, event: PromotionEvent): PromotionState | null {
  return transitions[state][event] ?? null;
}

/** As `nextState`. @throws AppError `state-changed` where it can't happen */
export function requireNextState(
  number: number,
  state: PromotionState,
  event: PromotionEvent,
): PromotionState {
  const next = nextState(state, event);
  if (next) return next;
  throw new AppError('state-changed', `promotion #${number} is ${state}: it can't ${eventText[event]} now`, {
    details: { promotion: number, state },
  });
}

const eventText: Readonly<Record<PromotionEvent, string>> = {
  approve: 'be approved',
  reject: 'be rejected',
  withdraw: 'be withdrawn',
  claim: 'be run',
  'put-back': 'wait',
  publish: 'be published',
  cancel: 'be cancelled',
  supersede: 'be superseded',
  fail: 'fail',
  'become-stale': 'become stale',
  'void-approval': 'lose an approval',
  'retry-same-plan': 'be retried',
  'retry-new-plan': 'be retried',
};

/** States in which a promotion may still change its target. */
export const openStates = ['requested', 'approved', 'running'] as const satisfies readonly PromotionState[];

/** Whether a promotion in `state` may still change its target. */
export function isOpen(state: PromotionState): boolean {
  return (openStates as readonly PromotionState[]).includes(state);
}

/** Whether `state` stays unless somebody retries. */
export function isEnded(state: PromotionState): boolean {
  return !isOpen(state);
}

/** The events that lead from `state`; for tests and for drawing the machine. */
export function eventsFrom(state: PromotionState): readonly PromotionEvent[] {
  return Object.keys(transitions[state]) as PromotionEvent[];
}
