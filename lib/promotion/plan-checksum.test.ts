import { expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
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
  approvalsRequired: 2,
  verifyObjects: true,
  requireSourceHead: false,
};
const plan = assemblePlan(edge, [ref, { ...ref, targetRef: 'os/arm64/main' }]);

test('a plan has one checksum, whatever order it was asked for in, fixed for ever', () => {
  const other = assemblePlan(edge, [{ ...ref, targetRef: 'os/arm64/main' }, ref]);
  expect(planChecksum(other)).toBe(planChecksum(plan));
  expect(planChecksum(parsePlan(planJson(plan)))).toBe(planChecksum(plan));
  // As any other program that sorts keys and hashes the text finds it.
  expect(planChecksum(plan)).toBe('5c0fbbeea6fc8a7e9a78be613d08b138a180fd447246c0a4b610dbe0afd94d75');
});

test('a change of any field gives another checksum', () => {
  const other = 'd'.repeat(64);
  const changes: ((plan: Plan) => Plan)[] = [
    (p) => ({ ...p, edge: { ...p.edge, id: 'x' } }),
    (p) => ({ ...p, edge: { ...p.edge, from: 'x' } }),
    (p) => ({ ...p, edge: { ...p.edge, to: 'x' } }),
    (p) => ({ ...p, policyVersion: 2 }),
    (p) => ({ ...p, mode: 'recommit' }),
    (p) => ({ ...p, approvalsRequired: 1 }),
    (p) => ({ ...p, verifyObjects: false }),
    (p) => ({ ...p, requireSourceHead: true }),
    (p) => ({ ...p, refs: p.refs.slice(0, 1) }),
    (p) => ({ ...p, refs: [...p.refs].reverse() }),
    ...(['sourceRef', 'targetRef'] as const).map((field) => (p: Plan) => ({
      ...p,
      refs: p.refs.map((each) => ({ ...each, [field]: 'other' })),
    })),
    ...(['sourceChecksum', 'contentChecksum', 'expectedChecksum', 'resultingChecksum'] as const).map(
      (field) => (p: Plan) => ({ ...p, refs: p.refs.map((each) => ({ ...each, [field]: other })) }),
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
