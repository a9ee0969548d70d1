import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import type { ApprovalMoment, Eligibility } from './judge-approvals';
import { planChecksum, planJson } from './plan-checksum';
import { type ApprovalRows, type DecisionRow, proveApproval } from './prove-approval';

const plan: Plan = {
  version: 1,
  edge: { id: 'edge', from: 'dev', to: 'production' },
  policyVersion: 1,
  kind: 'promote',
  mode: 'identity',
  approvalsRequired: 2,
  verifyObjects: true,
  requireSourceHead: false,
  refs: [
    {
      sourceRef: 'os/a',
      targetRef: 'os/a',
      sourceChecksum: '2'.repeat(64),
      contentChecksum: '3'.repeat(64),
      expectedChecksum: null,
      resultingChecksum: '2'.repeat(64),
      timestamp: null,
    },
  ],
};
const now = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const eligibility: Eligibility = {
  reviewers: new Set(['one', 'two', 'three']),
  groups: new Map([['security', new Set(['two'])]]),
  requesters: new Map([['g', new Set(['manager'])]]),
};
const moment = { at: now, eligibility, toleranceSeconds: 120 };
const approved = (reviewerId: string, of: Plan = plan, part: Partial<DecisionRow> = {}): DecisionRow => ({
  reviewerId,
  decision: 'approve',
  planChecksum: planChecksum(of),
  createdAt: hoursAgo(1),
  voided: null,
  ...part,
});
const edge = {
  policyVersion: 1,
  refGlobs: '["os/**"]',
  renames: '[]',
  emergencyGroupId: 'g',
  automaticRefs: '["os/a"]',
  automaticApproval: 'none',
};
const rows = (change: Partial<ApprovalRows> = {}): ApprovalRows => ({
  planJson: planJson(plan),
  planChecksum: planChecksum(plan),
  requesterId: 'manager',
  replannedById: null,
  sponsorIds: '[]',
  edge,
  approvals: [approved('one'), approved('two')],
  ...change,
});

test('two others who approved this plan prove it', () => {
  expect(proveApproval(rows(), moment)).toEqual({ plan, why: null });
});

describe('an emergency', () => {
  const emergency = { groupId: 'g', group: 'oncall', people: ['manager'], reviewHours: 24 };
  const { approvalsRequired: _, ...rest } = plan as Plan & { version: 1 };
  const broken: Plan = {
    ...rest,
    version: 2,
    approval: { rules: [{ group: null, required: 2, people: null }], expiryHours: 72, isShared: false },
    emergency,
  };
  const emergencyRows = (change: Partial<ApprovalRows> = {}) =>
    rows({ planJson: planJson(broken), planChecksum: planChecksum(broken), approvals: [], ...change });

  test('needs no approval', () => {
    expect(proveApproval(emergencyRows(), moment)).toEqual({ plan: broken, why: null });
  });

  test.each<[string, Partial<ApprovalRows>, RegExp]>([
    ['by somebody who was not in the group', { requesterId: 'colleague' }, /was not in oncall/],
    ['by a program', { sponsorIds: '["one"]' }, /with no token/],
    ['that somebody planned anew', { replannedById: 'manager' }, /one person alone/],
    ['along an edge that names nobody', { edge: { ...edge, emergencyGroupId: null } }, /does not let oncall/],
    ['along an edge that names others', { edge: { ...edge, emergencyGroupId: 'h' } }, /does not let oncall/],
    ['with a rejection', { approvals: [{ ...approved('one', broken), decision: 'reject' }] }, /not approved/],
  ])('%s is no proof', (_name, change, why) => {
    expect(proveApproval(emergencyRows(change), moment).why).toMatch(why);
  });

  test('by somebody who has left the group, lost the role or the account is none, until it was used', () => {
    const left = { ...eligibility, requesters: new Map([['g', new Set(['somebody'])]]) };
    expect(proveApproval(emergencyRows(), { ...moment, eligibility: left }).why).toMatch(/any more/);
    expect(proveApproval(emergencyRows(), { ...moment, eligibility: null }).why).toBeNull();
  });

  test('approvals don’t make up for what is lacking', () => {
    const approvals = [approved('one', broken), approved('two', broken)];
    expect(proveApproval(emergencyRows({ requesterId: 'colleague', approvals }), moment).plan).toBeNull();
  });

  test('a rollback is none, whoever approved it too', () => {
    const back: Plan = { ...broken, kind: 'reset' };
    const change = { planJson: planJson(back), planChecksum: planChecksum(back) };
    const approvals = [approved('one', back), approved('two', back)];
    expect(proveApproval(emergencyRows({ ...change, approvals }), moment).why).toMatch(/approved by others/);
  });
});

describe('what an edge promotes by itself', () => {
  const { approvalsRequired: _, ...rest } = plan as Plan & { version: 1 };
  const approval = { rules: [{ group: null, required: 1, people: null }], expiryHours: 72, isShared: false };
  const automatic = (how: 'as-usual' | 'none'): Plan => ({
    ...rest,
    version: 2,
    approval,
    automatic: { approval: how },
  });
  const prove = (of: Plan, change: Partial<ApprovalRows> = {}, at: Partial<ApprovalMoment> = {}) =>
    proveApproval(
      rows({
        planJson: planJson(of),
        planChecksum: planChecksum(of),
        requesterId: 'automatic',
        approvals: [],
        ...change,
      }),
      { ...moment, ...at },
    );

  test('needs no approval where the edge says so, and every approval where it does not', () => {
    expect(prove(automatic('none')).why).toBeNull();
    expect(prove(automatic('as-usual')).why).toMatch(/not approved/);
    const approvals = [approved('one', automatic('as-usual'))];
    expect(prove(automatic('as-usual'), { approvals }).why).toBeNull();
  });

  test.each<[string, Partial<ApprovalRows>, RegExp]>([
    ['somebody asked', { requesterId: 'manager' }, /somebody asked/],
    ['somebody planned it anew', { replannedById: 'manager' }, /somebody asked/],
    [
      'the edge asks for approvals',
      { edge: { ...edge, automaticApproval: 'as-usual' } },
      /asks for approvals/,
    ],
    ['the edge was changed', { edge: { ...edge, policyVersion: 2 } }, /was changed/],
    ['the ref is none of those', { edge: { ...edge, automaticRefs: '["os/b"]' } }, /does not promote os\/a/],
    [
      'the edge does not take the ref',
      { edge: { ...edge, refGlobs: '["app/**"]' } },
      /does not promote os\/a/,
    ],
  ])('is no proof where %s, until it was used', (name, change, why) => {
    expect(prove(automatic('none'), change).why).toMatch(why);
    const isOfRequest = name.startsWith('somebody');
    expect(prove(automatic('none'), change, { eligibility: null }).why === null).toBe(!isOfRequest);
  });
});

describe('no proof are', () => {
  const forged = { ...plan, verifyObjects: false };
  test.each<[string, Partial<ApprovalRows>]>([
    ['one approval of two', { approvals: [approved('one')] }],
    ['one person twice', { approvals: [approved('one'), approved('one')] }],
    ['the requester’s own', { approvals: [approved('one'), approved('manager')] }],
    ['approvals of another plan', { approvals: [approved('one'), approved('two', forged)] }],
    [
      'approvals and a rejection',
      { approvals: [approved('one'), approved('two'), { ...approved('three'), decision: 'reject' }] },
    ],
    ['another plan under the same checksum', { planJson: planJson(forged) }],
    [
      'another plan with its own checksum',
      { planJson: planJson(forged), planChecksum: planChecksum(forged) },
    ],
    ['approvals of who planned it anew', { replannedById: 'two' }],
    ['approvals of who holds the token that it was asked for with', { sponsorIds: '["one"]' }],
    ['askers that are no list', { sponsorIds: '{}' }],
    ['one that was voided', { approvals: [approved('one'), approved('two', plan, { voided: { at: now } })] }],
    [
      'one that has expired',
      { approvals: [approved('one'), approved('two', plan, { createdAt: hoursAgo(73) })] },
    ],
    ['one of somebody who is no reviewer', { approvals: [approved('one'), approved('gone')] }],
    ['a plan in other words', { planJson: 'null' }],
    ['no JSON', { planJson: '{' }],
  ])('%s', (_, change) => {
    expect(proveApproval(rows(change), moment).plan).toBeNull();
  });

  test('approvals of the wrong people where the plan names groups', () => {
    const { approvalsRequired: _, ...rest } = plan as Plan & { version: 1 };
    const rules = [{ group: 'security', required: 1, people: ['two', 'three'] }];
    const grouped: Plan = { ...rest, version: 2, approval: { rules, expiryHours: 72, isShared: false } };
    const by = (reviewerId: string) =>
      proveApproval(
        {
          ...rows(),
          planJson: planJson(grouped),
          planChecksum: planChecksum(grouped),
          approvals: [approved(reviewerId, grouped)],
        },
        moment,
      ).plan;
    expect(by('two')).toEqual(grouped);
    expect(by('one')).toBeNull();
    // In the group when the plan was fixed, and since then no more.
    expect(by('three')).toBeNull();
  });

  test('no approvals where a forged plan asks for none', () => {
    const none = { ...plan, approvalsRequired: 0 };
    const forgedRows = rows({ planJson: planJson(none), planChecksum: planChecksum(none), approvals: [] });
    expect(proveApproval(forgedRows, moment).plan).toBeNull();
  });
});
