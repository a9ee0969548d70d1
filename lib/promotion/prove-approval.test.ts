import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import { planChecksum, planJson } from './plan-checksum';
import { type ApprovalRows, proveApproval } from './prove-approval';

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
const approved = (reviewerId: string, of: Plan = plan) => ({
  reviewerId,
  decision: 'approve',
  planChecksum: planChecksum(of),
});
const rows = (change: Partial<ApprovalRows> = {}): ApprovalRows => ({
  planJson: planJson(plan),
  planChecksum: planChecksum(plan),
  requesterId: 'manager',
  approvals: [approved('one'), approved('two')],
  ...change,
});

test('two others who approved this plan prove it', () => {
  expect(proveApproval(rows())).toEqual({ plan, why: null });
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
    ['a plan in other words', { planJson: 'null' }],
    ['no JSON', { planJson: '{' }],
  ])('%s', (_, change) => {
    expect(proveApproval(rows(change)).plan).toBeNull();
  });

  test('no approvals where a forged plan asks for none', () => {
    const none = { ...plan, approvalsRequired: 0 };
    const forgedRows = rows({ planJson: planJson(none), planChecksum: planChecksum(none), approvals: [] });
    expect(proveApproval(forgedRows).plan).toBeNull();
  });
});
