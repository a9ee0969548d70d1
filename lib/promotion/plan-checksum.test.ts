import { expect, test } from 'vitest';
import { approvalPolicyOf, type Plan } from '../contracts/promotion';
import { assemblePlan, recommitTimestamp } from './plan';
import { parsePlan, planChecksum, planJson } from './plan-checksum';

const ref = {
  sourceRef: 'os/amd64/main',
  targetRef: 'os/amd64/main',
  sourceChecksum: 'a'.repeat(64),
  contentChecksum: 'b'.repeat(64),
  expectedChecksum: 'c'.repeat(64),
  resultingChecksum: 'a'.repeat(64),
  timestamp: null,
};
const edge = {
  id: 'edge',
  from: 'dev',
  to: 'production',
  policyVersion: 1,
  mode: 'identity' as const,
  approval: {
    rules: [{ group: 'security', required: 2, people: ['a', 'b'] }],
    expiryHours: 72,
    isShared: false,
  },
  verifyObjects: true,
  requireSourceHead: false,
};
const plan = assemblePlan(edge, [ref, { ...ref, targetRef: 'os/arm64/main' }]) as Plan & { version: 2 };
const [rule] = plan.approval.rules as [Rule];
type Rule = (typeof plan.approval.rules)[number];

test('a plan has one checksum, whatever order it was asked for in, fixed for ever', () => {
  const other = assemblePlan(edge, [{ ...ref, targetRef: 'os/arm64/main' }, ref]);
  expect(planChecksum(other)).toBe(planChecksum(plan));
  expect(planChecksum(parsePlan(planJson(plan)))).toBe(planChecksum(plan));
  // As any other program that sorts keys and hashes the text finds it.
  expect(planChecksum(plan)).toBe('686464b25ca85f107b5d3184e84099c19638ea529abc290079eb6cfa543b5e7a');
});

test('a time is in the plan only where one was asked for, in one form', () => {
  expect(planJson(assemblePlan(edge, [ref]))).not.toContain('notBefore');
  const [one, two] = ['2026-11-27T18:00:00.000Z', '2026-11-27T18:00Z'].map((notBefore) =>
    assemblePlan(edge, [ref], { notBefore }),
  );
  expect(planChecksum(one as Plan)).toBe(planChecksum(two as Plan));
});

test('a plan of version 1 keeps the checksum that it was approved under', () => {
  const { approval: _, ...rest } = plan;
  const old: Plan = { ...rest, version: 1, kind: 'promote', approvalsRequired: 2 };
  expect(planChecksum(parsePlan(planJson(old)))).toBe(
    '5c0fbbeea6fc8a7e9a78be613d08b138a180fd447246c0a4b610dbe0afd94d75',
  );
  expect(approvalPolicyOf(old)).toEqual({
    rules: [{ group: null, required: 2, people: null }],
    expiryHours: 72,
    isShared: false,
  });
});

test('a change of any field gives another checksum', () => {
  const other = 'd'.repeat(64);
  const approval = (part: object) => (p: typeof plan) => ({ ...p, approval: { ...p.approval, ...part } });
  const changes: ((p: typeof plan) => Plan)[] = [
    (p) => ({ ...p, edge: { ...p.edge, id: 'x' } }),
    (p) => ({ ...p, edge: { ...p.edge, from: 'x' } }),
    (p) => ({ ...p, edge: { ...p.edge, to: 'x' } }),
    (p) => ({ ...p, policyVersion: 2 }),
    (p) => ({ ...p, mode: 'recommit' }),
    approval({ rules: [{ ...rule, group: 'release' }] }),
    approval({ rules: [{ ...rule, required: 1 }] }),
    approval({ rules: [{ ...rule, people: ['a', 'c'] }] }),
    approval({ rules: [{ ...rule, people: null }] }),
    approval({ rules: [rule, rule] }),
    approval({ expiryHours: 73 }),
    approval({ isShared: true }),
    (p) => ({ ...p, verifyObjects: false }),
    (p) => ({ ...p, requireSourceHead: true }),
    (p) => ({ ...p, notBefore: '2026-11-27T18:00:00.000Z' }),
    (p) => ({ ...p, notBefore: '2026-11-27T18:00:00.001Z' }),
    (p) => ({ ...p, refs: p.refs.slice(0, 1) }),
    (p) => ({ ...p, refs: [...p.refs].reverse() }),
    ...(['sourceRef', 'targetRef'] as const).map((field) => (p: typeof plan) => ({
      ...p,
      refs: p.refs.map((each) => ({ ...each, [field]: 'other' })),
    })),
    ...(['sourceChecksum', 'contentChecksum', 'expectedChecksum', 'resultingChecksum'] as const).map(
      (field) => (p: typeof plan) => ({ ...p, refs: p.refs.map((each) => ({ ...each, [field]: other })) }),
    ),
    (p) => ({ ...p, refs: p.refs.map((each) => ({ ...each, expectedChecksum: null })) }),
    (p) => ({ ...p, refs: p.refs.map((each) => ({ ...each, timestamp: 1 })) }),
  ];
  const checksums = changes.map((change) => planChecksum(change(plan)));
  expect(new Set([planChecksum(plan), ...checksums]).size).toBe(changes.length + 1);
});

test('what is no plan has no checksum', () => {
  expect(() => planChecksum({ ...plan, extra: 1 } as never)).toThrow();
  expect(() => planChecksum({ ...plan, refs: [] })).toThrow();
  expect(() => parsePlan('{}')).toThrow();
});

test('a commit that is made anew is no older than its source and newer than what it replaces', () => {
  expect(recommitTimestamp(100, null)).toBe(100);
  expect(recommitTimestamp(100, 50)).toBe(100);
  expect(recommitTimestamp(100, 100)).toBe(101);
  expect(recommitTimestamp(100, 200)).toBe(201);
});
