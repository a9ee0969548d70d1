import { describe, expect, test } from 'vitest';
import type { ApprovalPolicy } from '../contracts/policy';
import { groupsToReviewFor, judgeReviews, reviewStateOf, whyNotReview } from './emergency-review';
import type { Eligibility } from './judge-approvals';

const eligibility: Eligibility = {
  reviewers: new Set(['one', 'two', 'both', 'asker']),
  groups: new Map([
    ['release', new Set(['one', 'both'])],
    ['security', new Set(['two', 'both'])],
  ]),
  requesters: new Map(),
};
const policy: ApprovalPolicy = {
  rules: [
    { group: 'release', required: 1, people: ['one'] },
    { group: 'security', required: 1, people: [] },
  ],
  expiryHours: 1,
  isShared: false,
};
const by = (reviewerId: string) => ({
  reviewerId,
  groups: groupsToReviewFor(policy, reviewerId, eligibility),
});

describe('who reviews', () => {
  test.each([
    [['one'], false],
    [['both'], false],
    [['one', 'two'], true],
    [['both', 'two'], true],
    [['one', 'both'], true],
  ])('%j complete it: %s', (people, isDone) => {
    expect(judgeReviews(policy, people.map(by)).isDone).toBe(isDone);
  });

  test('one person of both groups completes it where the edge shares approvals', () => {
    expect(judgeReviews({ ...policy, isShared: true }, [by('both')]).isDone).toBe(true);
  });

  test('any reviewer does where a group has lost everybody who could', () => {
    const empty = { ...eligibility, groups: new Map() };
    expect(groupsToReviewFor(policy, 'one', empty)).toEqual(['release', 'security']);
    expect(groupsToReviewFor(policy, 'manager', empty)).toEqual([]);
  });

  test.each([
    ['a reviewer of a rule', {}, 'one', null],
    ['nobody without the right', {}, 'manager', 'forbidden'],
    ['not who asked', {}, 'asker', 'own-request'],
    ['nobody twice', { reviews: [by('one')] }, 'one', 'already-decided'],
    ['nobody once it is complete', { review: 'reviewed' as const }, 'one', 'state-changed'],
    ['nobody before anything was published', { review: 'none' as const }, 'one', 'state-changed'],
  ])('%s', (_, change, id, code) => {
    const subject = { review: 'overdue' as const, policy, requesterId: 'asker', reviews: [], ...change };
    const actor = { id, stageRole: null, mayDecide: id !== 'manager' };
    expect(whyNotReview(subject, actor, eligibility)?.code ?? null).toBe(code);
  });
});

test('is due so many hours after its refs began to move', () => {
  const committedAt = new Date('2026-11-26T08:00:00Z');
  const at = (time: string, reviewedAt: Date | null = null) =>
    reviewStateOf({ committedAt, reviewedAt, reviewHours: 24 }, new Date(time)).state;
  expect(at('2026-11-27T08:00:00Z')).toBe('due');
  expect(at('2026-11-27T08:00:01Z')).toBe('overdue');
  expect(at('2026-11-28T08:00:00Z', committedAt)).toBe('reviewed');
  const none = reviewStateOf({ committedAt: null, reviewedAt: null, reviewHours: 24 }, committedAt);
  expect(none).toEqual({ state: 'none', dueAt: null });
});
