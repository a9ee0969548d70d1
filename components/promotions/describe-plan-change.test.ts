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

type RulesPlan = Plan & { version: 2 };
const approval = (required: number, people: string[] | null = null): RulesPlan['approval'] => ({
  rules: [{ group: people && 'security', required, people }],
  expiryHours: 72,
  isShared: false,
});

function plan(part: Partial<RulesPlan> = {}): Plan {
  return {
    version: 2,
    edge: { id: 'e1', from: 'staging', to: 'production' },
    policyVersion: 1,
    kind: 'promote',
    mode: 'identity',
    approval: approval(1),
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
    ['more must approve', { approval: approval(2) }, /2 reviewers instead of 1 reviewer/],
    ['a group came in', { approval: approval(1, ['a']) }, /1 of security instead of 1 reviewer/],
    ['the mode changed', { mode: 'recommit' }, /recommit/],
  ] as const)('names it where %s', (_name, part, text) => {
    expect(describePlanChange(plan(), plan(part as Partial<RulesPlan>)).join('\n')).toMatch(text);
  });

  it('says that other people may approve, where only a group has changed', () => {
    const [before, now] = [['a'], ['a', 'b']].map((people) => plan({ approval: approval(1, people) }));
    expect(describePlanChange(before as Plan, now as Plan)).toEqual([
      'Other people than before may approve it.',
    ]);
  });
});
