import { expect, test } from 'vitest';
import { promotionStateSchema } from '../contracts/promotion';
import type { Decision } from './judge-approvals';
import {
  findOpenRules,
  offerOf,
  type PolicyActor,
  type PolicySubject,
  whyNotApprove,
  whyNotReject,
  whyNotRetry,
  whyNotWithdraw,
} from './policy';

const at = new Date('2026-11-25T12:00:00Z');
const subject: PolicySubject = {
  state: 'requested',
  requesterId: 'asker',
  isOfProgram: false,
  sponsorIds: ['holder'],
  planChecksum: 'plan',
  policy: { rules: [{ group: null, required: 2, people: null }], expiryHours: 72, isShared: false },
  askerIds: ['asker', 'replanner', 'holder'],
  decisions: [],
  emergency: null,
  isAutomatic: false,
  moment: {
    at,
    eligibility: {
      reviewers: new Set(['reviewer', 'asker', 'replanner', 'late']),
      groups: new Map([['security', new Set(['reviewer', 'late'])]]),
      requesters: new Map([['g', new Set(['asker'])]]),
    },
    toleranceSeconds: 0,
  },
};
const reviewer: PolicyActor = {
  id: 'reviewer',
  isPerson: true,
  stageRole: null,
  mayDecide: true,
  mayWithdraw: false,
  mayRetry: false,
  mayCancel: false,
  mayRollBack: false,
};
const asker: PolicyActor = {
  id: 'asker',
  isPerson: true,
  stageRole: null,
  mayDecide: false,
  mayWithdraw: true,
  mayRetry: true,
  mayCancel: true,
  mayRollBack: true,
};
const approval = (reviewerId: string, part: Partial<Decision> = {}): Decision => ({
  reviewerId,
  decision: 'approve',
  planChecksum: 'plan',
  createdAt: at,
  voidedAt: null,
  ...part,
});

test.each([whyNotApprove, whyNotReject])(
  'only a reviewer decides, never on what they asked for or planned anew, once, while it is requested (%o)',
  (whyNot) => {
    expect(whyNot(subject, reviewer)).toBeNull();
    expect(whyNot(subject, { ...reviewer, mayDecide: false })?.code).toBe('forbidden');
    expect(whyNot(subject, { ...reviewer, id: null })?.code).toBe('forbidden');
    expect(whyNot(subject, { ...reviewer, id: 'asker' })?.code).toBe('own-request');
    expect(whyNot(subject, { ...reviewer, id: 'replanner' })?.code).toBe('own-request');
    expect(whyNot(subject, { ...reviewer, id: 'holder' })).toMatchObject({
      code: 'own-request',
      why: expect.stringContaining('token'),
    });
    expect(whyNot({ ...subject, decisions: [approval('reviewer')] }, reviewer)?.code).toBe('already-decided');
    // A decision that no longer counts doesn't stop another.
    for (const part of [
      { planChecksum: 'old' },
      { voidedAt: at },
      { createdAt: new Date(at.getTime() - 73 * 3_600_000) },
    ]) {
      expect(whyNot({ ...subject, decisions: [approval('reviewer', part)] }, reviewer)).toBeNull();
    }
    for (const state of promotionStateSchema.options) {
      expect(whyNot({ ...subject, state }, reviewer)?.code ?? null).toBe(
        state === 'requested' ? null : 'state-changed',
      );
    }
  },
);

test('where rules name groups only those who were in one and still are approve; any reviewer rejects', () => {
  const policy = { ...subject.policy, rules: [{ group: 'security', required: 1, people: ['reviewer'] }] };
  const grouped = { ...subject, policy };
  expect(whyNotApprove(grouped, reviewer)).toBeNull();
  expect(whyNotApprove(grouped, { ...reviewer, id: 'late' })).toMatchObject({
    code: 'forbidden',
    why: expect.stringContaining('came into security after'),
  });
  const other = { ...reviewer, id: 'other' };
  expect(whyNotApprove(grouped, other)).toMatchObject({ why: expect.stringContaining('not in that group') });
  expect(whyNotReject(grouped, other)).toBeNull();
  expect(findOpenRules(grouped, reviewer)).toEqual([{ group: 'security', missing: 1, isForMe: true }]);
  expect(findOpenRules(grouped, other)).toEqual([{ group: 'security', missing: 1, isForMe: false }]);
  const approved = { ...grouped, decisions: [approval('reviewer')] };
  expect(findOpenRules(approved, other)).toEqual([]);
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
  expect(offerOf(whyNotApprove(subject, { ...reviewer, id: 'asker' }))).toEqual({
    isAllowed: false,
    why: 'you asked for it: somebody else has to decide',
  });
});
