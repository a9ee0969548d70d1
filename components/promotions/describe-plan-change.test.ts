import { describe, expect, it } from 'vitest';
import type { Plan } from '@/lib/contracts/promotion';
import { describePlanChange } from './describe-plan-change';

const sum = (digit: string) => digit.repeat(64);

function planRef(part: Partial<Plan['refs'][number]> = {}): Plan['refs'][number] {
  return {
    sourceRef: 'os/amd64/stable',
    targetRef: 'os/amd64/stable',
    sourceChecksum: sum('1'),
    contentChecksum: sum('2'),
    expectedChecksum: sum('3'),
    resultingChecksum: sum('1'),
    timestamp: null,
    ...part,
  };
}

function plan(part: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    edge: { id: 'e1', from: 'staging', to: 'production' },
    policyVersion: 1,
    kind: 'promote',
    mode: 'identity',
    approvalsRequired: 1,
    verifyObjects: true,
    requireSourceHead: false,
    refs: [planRef()],
    ...part,
  };
}

describe('describePlanChange', () => {
  it('says nothing of plans that are alike', () => {
    expect(describePlanChange(plan(), plan())).toEqual([]);
  });

  it.each([
    [
      'the source moved',
      { refs: [planRef({ sourceChecksum: sum('4'), resultingChecksum: sum('4') })] },
      /staging moved/,
    ],
    ['the target moved', { refs: [planRef({ expectedChecksum: sum('5') })] }, /production moved/],
    ['the target ref is gone', { refs: [planRef({ expectedChecksum: null })] }, /to nothing/],
    ['the commit is made anew', { refs: [planRef({ resultingChecksum: sum('6') })] }, /is now 6666666666/],
    ['a ref came', { refs: [planRef(), planRef({ targetRef: 'b' })] }, /b is new/],
    ['a ref went', { refs: [planRef({ targetRef: 'b' })] }, /no longer/],
    ['the rules changed', { policyVersion: 2 }, /version 1 to 2/],
    ['more must approve', { approvalsRequired: 2 }, /2 approvals instead of 1/],
    ['the mode changed', { mode: 'recommit' }, /recommit/],
  ] as const)('names it where %s', (_name, part, text) => {
    expect(describePlanChange(plan(), plan(part as Partial<Plan>)).join('\n')).toMatch(text);
  });
});
