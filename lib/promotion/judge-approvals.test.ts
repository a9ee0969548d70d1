import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApprovalPolicy } from '../contracts/policy';
import { assignApprovals } from './assign-approvals';
import {
  type ApprovalMoment,
  CLOCK_TOLERANCE_SECONDS,
  type Decision,
  type Eligibility,
  judgeApprovals,
} from './judge-approvals';

const now = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const groups = { release: ['one', 'both'], security: ['two', 'both'] };
const eligibility: Eligibility = {
  reviewers: new Set(['one', 'two', 'both', 'none', 'asker']),
  requesters: new Map(),
  groups: new Map(Object.entries(groups).map(([name, people]) => [name, new Set(people)])),
};
const moment: ApprovalMoment = { at: now, eligibility, toleranceSeconds: 0 };
const policy: ApprovalPolicy = {
  rules: [
    { group: 'release', required: 1, people: groups.release },
    { group: 'security', required: 1, people: groups.security },
  ],
  expiryHours: 72,
  isShared: false,
};
const approval = (reviewerId: string, part: Partial<Decision> = {}): Decision => ({
  reviewerId,
  decision: 'approve',
  planChecksum: 'plan',
  createdAt: hoursAgo(1),
  voidedAt: null,
  ...part,
});
const judge = (decisions: Decision[], change: Partial<ApprovalPolicy> = {}, at = moment) =>
  judgeApprovals(
    { policy: { ...policy, ...change }, planChecksum: 'plan', askerIds: ['asker'], decisions },
    at,
  );

describe('rules of several groups', () => {
  test.each<[string, string[], boolean]>([
    ['nobody', [], false],
    ['one of them', ['one'], false],
    ['one of each', ['one', 'two'], true],
    ['somebody of both, and one of the first', ['both', 'one'], true],
    ['somebody of both, and one of the second', ['both', 'two'], true],
    ['somebody of both alone', ['both'], false],
    ['somebody of neither', ['one', 'none'], false],
    ['the asker, whatever group they are in', ['one', 'asker'], false],
  ])('%s: %s', (_, people, isApproved) => {
    expect(judge(people.map((id) => approval(id))).isApproved).toBe(isApproved);
  });

  test('where approvals are shared, somebody of both groups is enough', () => {
    expect(judge([approval('both')], { isShared: true })).toMatchObject({ isApproved: true, given: 2 });
    expect(judge([approval('one')], { isShared: true }).isApproved).toBe(false);
  });

  test('each rule says who satisfies it', () => {
    const { rules } = judge([approval('both'), approval('one')]);
    expect(rules.map(({ group, by }) => [group, by.map((each) => each.reviewerId)])).toEqual([
      ['release', ['one']],
      ['security', ['both']],
    ]);
  });
});

describe('no approval is', () => {
  test.each<[string, Decision]>([
    ['one of another plan', approval('two', { planChecksum: 'other' })],
    ['a void one', approval('two', { voidedAt: hoursAgo(0.5) })],
    ['one that has expired', approval('two', { createdAt: hoursAgo(72.01) })],
    ['one from the future', approval('two', { createdAt: hoursAgo(-1) })],
    ['a rejection', approval('two', { decision: 'reject' })],
  ])('%s', (_, second) => {
    expect(judge([approval('one'), second]).isApproved).toBe(false);
  });

  test('one of somebody who came into the group later, or has left it, or is no reviewer any more', () => {
    const later = { rules: [{ group: 'security', required: 1, people: [] }] };
    expect(judge([approval('two')], later).isApproved).toBe(false);
    const one = { rules: policy.rules.slice(1) };
    expect(judge([approval('two')], one).isApproved).toBe(true);
    const left = { ...eligibility, groups: new Map([['security', new Set(['both'])]]) };
    expect(judge([approval('two')], one, { ...moment, eligibility: left }).isApproved).toBe(false);
    const demoted = { ...eligibility, reviewers: new Set(['one', 'both']) };
    expect(judge([approval('two')], one, { ...moment, eligibility: demoted }).isApproved).toBe(false);
    // What was used already is judged by the plan alone.
    expect(judge([approval('two')], one, { ...moment, eligibility: null }).isApproved).toBe(true);
  });
});

test('an approval lasts to the hour for who looks, and two minutes longer for who runs', () => {
  const rules = { rules: [{ group: null, required: 1, people: null }] };
  const at = (seconds: number, toleranceSeconds: number) =>
    judge([approval('one', { createdAt: hoursAgo(72) })], rules, {
      ...moment,
      at: new Date(now.getTime() + seconds * 1000),
      toleranceSeconds,
    }).isApproved;
  expect([at(0, 0), at(1, 0)]).toEqual([true, false]);
  expect([at(1, CLOCK_TOLERANCE_SECONDS), at(120, 120), at(121, 120)]).toEqual([true, true, false]);
});

test('what was declared void after a moment held at that moment', () => {
  const used = { ...moment, at: hoursAgo(0.6), eligibility: null };
  const decisions = [approval('one'), approval('two', { voidedAt: hoursAgo(0.5) })];
  expect(judge(decisions, {}, used).isApproved).toBe(true);
  expect(judge(decisions).isApproved).toBe(false);
});

test('a rejection of this plan outweighs all approvals', () => {
  const all = ['one', 'two', 'both'].map((id) => approval(id));
  expect(judge([...all, approval('none', { decision: 'reject' })])).toMatchObject({
    isRejected: true,
    isApproved: false,
  });
});

const people = ['asker', 'one', 'two', 'both', 'none'];
const someDecision = fc.record({
  reviewerId: fc.constantFrom(...people),
  decision: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
  planChecksum: fc.constantFrom('plan', 'plan', 'other'),
  createdAt: fc.constantFrom(hoursAgo(1), hoursAgo(2), hoursAgo(100)),
  voidedAt: fc.constantFrom(null, null, hoursAgo(0.5)),
});
const somePolicy = fc.record({
  rules: fc
    .uniqueArray(fc.constantFrom('release', 'security', null), { minLength: 1, maxLength: 3 })
    .chain((names) =>
      fc.tuple(
        ...names.map((group) =>
          fc.record({
            group: fc.constant(group),
            required: fc.integer({ min: 1, max: 3 }),
            people: fc.constant(group === null ? null : groups[group]),
          }),
        ),
      ),
    ),
  expiryHours: fc.constant(72),
  isShared: fc.constant(false),
});

test('fewer people than the rules name together never get anything approved', () => {
  fc.assert(
    fc.property(fc.array(someDecision, { maxLength: 20 }), somePolicy, (decisions, some) => {
      const { isApproved, required, rules } = judge(decisions, some);
      const used = rules.flatMap((rule) => rule.by.map((each) => each.reviewerId));
      expect(new Set(used).size).toBe(used.length);
      expect(used).not.toContain('asker');
      if (isApproved)
        expect(new Set(decisions.map((each) => each.reviewerId)).size).toBeGreaterThanOrEqual(required);
    }),
  );
});

test('an assignment fills as many places as any could', () => {
  const some = fc.tuple(
    fc.array(
      fc.record({
        required: fc.integer({ min: 0, max: 2 }),
        candidates: fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 4 }),
      }),
      { maxLength: 3 },
    ),
    fc.constant(4),
  );
  fc.assert(
    fc.property(some, ([rules, count]) => {
      const assigned = assignApprovals(rules, count);
      for (const [at, approvals] of assigned.entries()) {
        expect(approvals.length).toBeLessThanOrEqual(rules[at]?.required ?? 0);
        for (const each of approvals) expect(rules[at]?.candidates).toContain(each);
      }
      const all = assigned.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(all.length).toBe(greatest(rules, 0, count));
    }),
  );
});

/** By trying everything: each approval goes to one rule or none. */
function greatest(
  rules: { required: number; candidates: number[] }[],
  approval: number,
  count: number,
): number {
  if (approval === count) return 0;
  let best = greatest(rules, approval + 1, count);
  for (const [at, { required, candidates }] of rules.entries()) {
    if (required === 0 || !candidates.includes(approval)) continue;
    const rest = rules.map((rule, other) => (other === at ? { ...rule, required: required - 1 } : rule));
    best = Math.max(best, 1 + greatest(rest, approval + 1, count));
  }
  return best;
}
