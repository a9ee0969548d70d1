import fc from 'fast-check';
import { expect, test } from 'vitest';
import { promotionStateSchema } from '../contracts/promotion';
import {
  countApprovals,
  type Decision,
  isVoid,
  offerOf,
  type PolicyActor,
  type PolicySubject,
  whyNotDecide,
  whyNotRetry,
  whyNotWithdraw,
} from './policy';

const subject: PolicySubject = {
  state: 'requested',
  requesterId: 'asker',
  planChecksum: 'plan',
  approvalsRequired: 2,
  decisions: [],
};
const reviewer: PolicyActor = { id: 'reviewer', mayDecide: true, mayWithdraw: false, mayRetry: false };
const asker: PolicyActor = { id: 'asker', mayDecide: false, mayWithdraw: true, mayRetry: true };
const approval = (reviewerId: string, planChecksum = 'plan'): Decision => ({
  reviewerId,
  decision: 'approve',
  planChecksum,
});

test('approvals are counted by person, on this very plan, never the asker’s', () => {
  const decisions = [
    approval('one'),
    approval('one'),
    approval('two', 'another plan'),
    approval('asker'),
    { ...approval('three'), decision: 'reject' as const },
  ];
  expect(countApprovals({ ...subject, decisions })).toBe(1);
});

test('fewer than N distinct people never reach N approvals, whatever is in the list', () => {
  const decision = fc.record({
    reviewerId: fc.constantFrom('asker', 'one', 'two'),
    decision: fc.constantFrom('approve' as const, 'reject' as const),
    planChecksum: fc.constantFrom('plan', 'other'),
  });
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 20 }), (decisions) => {
      const counted = countApprovals({ ...subject, decisions });
      const people = new Set(decisions.map((each) => each.reviewerId));
      people.delete('asker');
      expect(counted).toBeLessThanOrEqual(people.size);
      expect(counted).toBeLessThanOrEqual(2);
    }),
  );
});

test('only a reviewer decides, never on their own request, once, while it is requested', () => {
  expect(whyNotDecide(subject, reviewer)).toBeNull();
  expect(whyNotDecide(subject, { ...reviewer, mayDecide: false })?.code).toBe('forbidden');
  expect(whyNotDecide(subject, { ...reviewer, id: null })?.code).toBe('forbidden');
  expect(whyNotDecide(subject, { ...reviewer, id: 'asker' })?.code).toBe('own-request');
  const decided = { ...subject, decisions: [approval('reviewer')] };
  expect(whyNotDecide(decided, reviewer)?.code).toBe('already-decided');
  // A decision on a plan that is no more doesn't stop another.
  expect(whyNotDecide({ ...subject, decisions: [approval('reviewer', 'old')] }, reviewer)).toBeNull();
  for (const state of promotionStateSchema.options) {
    expect(whyNotDecide({ ...subject, state }, reviewer)?.code ?? null).toBe(
      state === 'requested' ? null : 'state-changed',
    );
  }
});

test('only the asker withdraws, and only before it began', () => {
  const allowed = promotionStateSchema.options.filter(
    (state) => whyNotWithdraw({ ...subject, state }, asker) === null,
  );
  expect(allowed).toEqual(['requested', 'approved']);
  expect(whyNotWithdraw(subject, { ...asker, id: 'other' })?.code).toBe('forbidden');
  expect(whyNotWithdraw(subject, { ...asker, mayWithdraw: false })?.code).toBe('forbidden');
});

test('only what failed or went stale is retried', () => {
  const allowed = promotionStateSchema.options.filter(
    (state) => whyNotRetry({ ...subject, state }, asker) === null,
  );
  expect(allowed).toEqual(['failed', 'stale']);
  expect(whyNotRetry({ ...subject, state: 'failed' }, { ...asker, mayRetry: false })?.code).toBe('forbidden');
});

test('an offer says why not', () => {
  expect(offerOf(null)).toEqual({ isAllowed: true, why: null });
  expect(offerOf(whyNotDecide(subject, { ...reviewer, id: 'asker' }))).toEqual({
    isAllowed: false,
    why: 'you asked for it: somebody else has to decide',
  });
  expect(isVoid(subject, approval('x', 'old'))).toBe(true);
  expect(isVoid(subject, approval('x'))).toBe(false);
});
