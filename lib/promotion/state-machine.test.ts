import { expect, test } from 'vitest';
import { type PromotionState, promotionStateSchema } from '../contracts/promotion';
import {
  eventsFrom,
  isEnded,
  isOpen,
  nextState,
  type PromotionEvent,
  requireNextState,
} from './state-machine';

const events: PromotionEvent[] = [
  'approve',
  'reject',
  'withdraw',
  'claim',
  'put-back',
  'publish',
  'cancel',
  'supersede',
  'fail',
  'become-stale',
  'void-approval',
  'retry-same-plan',
  'retry-new-plan',
];

test('nothing is published that was not approved first, on whatever path', () => {
  const paths: { state: PromotionState; isApproved: boolean }[] = [{ state: 'requested', isApproved: false }];
  const seen = new Set<string>();
  for (let path = paths.pop(); path; path = paths.pop()) {
    const key = JSON.stringify(path);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const event of eventsFrom(path.state)) {
      const state = nextState(path.state, event) as PromotionState;
      // A retry with the same plan is allowed only while its approvals still count, which the service sees to.
      const isTakenBack = event === 'retry-new-plan' || event === 'void-approval';
      const isApproved =
        event === 'approve' || event === 'retry-same-plan' || (path.isApproved && !isTakenBack);
      if (state === 'running' || state === 'published') expect(isApproved, `${key} ${event}`).toBe(true);
      paths.push({ state, isApproved });
    }
  }
  expect(new Set([...seen].map((key) => JSON.parse(key).state))).toEqual(
    new Set(promotionStateSchema.options),
  );
});

test('a run that has begun can’t be withdrawn, superseded, rejected or approved', () => {
  for (const event of ['withdraw', 'supersede', 'reject', 'approve'] as const)
    expect(nextState('running', event)).toBeNull();
});

test('published, rejected, withdrawn, cancelled and superseded are final', () => {
  for (const state of ['published', 'rejected', 'withdrawn', 'cancelled', 'superseded'] as const)
    expect(eventsFrom(state)).toEqual([]);
});

test('every state is either open or ended', () => {
  for (const state of promotionStateSchema.options) expect(isOpen(state)).toBe(!isEnded(state));
  expect(promotionStateSchema.options.filter(isOpen)).toEqual(['requested', 'approved', 'running']);
});

test('what can’t happen is refused by its name', () => {
  expect(requireNextState(7, 'requested', 'approve')).toBe('approved');
  for (const state of promotionStateSchema.options) {
    for (const event of events) {
      if (nextState(state, event)) continue;
      expect(() => requireNextState(7, state, event)).toThrow(`promotion #7 is ${state}`);
    }
  }
});
