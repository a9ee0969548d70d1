import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import { type SummaryCase, whyNotSignSummary } from './judge-summary';

const sum = (digit: string) => digit.repeat(64);
const plan: Plan = {
  version: 1,
  edge: { id: 'edge', from: 'dev', to: 'production' },
  policyVersion: 1,
  kind: 'promote',
  mode: 'identity',
  approvalsRequired: 1,
  verifyObjects: true,
  requireSourceHead: false,
  refs: [
    {
      sourceRef: 'os/a',
      targetRef: 'os/a',
      sourceChecksum: sum('2'),
      contentChecksum: sum('9'),
      expectedChecksum: sum('1'),
      resultingChecksum: sum('2'),
      timestamp: null,
    },
  ],
};

function caseOf(change: Partial<SummaryCase> & { refs?: Record<string, string> } = {}): SummaryCase {
  const { refs = { 'os/a': sum('2'), 'os/b': sum('5') }, ...rest } = change;
  return {
    candidate: { refs: new Map(Object.entries(refs)), lastModifiedSeconds: 100, collectionId: null },
    previous: {
      refs: new Map([
        ['os/a', sum('1')],
        ['os/b', sum('5')],
      ]),
      lastModifiedSeconds: 90,
    },
    ledger: new Map([
      ['os/a', sum('1')],
      ['os/b', sum('5')],
    ]),
    plan,
    collectionId: null,
    ...rest,
  };
}

/** The plan takes os/a away. */
const removal: Plan = {
  ...plan,
  version: 2,
  kind: 'remove',
  approval: { rules: [], expiryHours: 72, isShared: false },
  refs: plan.refs.map((ref) => ({ ...ref, resultingChecksum: null })),
} as Plan;

test('a summary is signed without a ref whose removal was approved, and with none of it left', () => {
  expect(whyNotSignSummary(caseOf({ plan: removal, refs: { 'os/b': sum('5') } }))).toBeNull();
  expect(whyNotSignSummary(caseOf({ plan: removal, refs: {} }))).toBe('the summary drops os/b');
  const refs = { 'os/a': sum('1'), 'os/b': sum('5') };
  expect(whyNotSignSummary(caseOf({ plan: removal, refs }))).toMatch(
    /still has os\/a, which is to be removed/,
  );
  expect(whyNotSignSummary(caseOf({ refs: { 'os/b': sum('5') } }))).toMatch(/does not have os\/a/);
});

describe('a summary is signed', () => {
  test('where only planned refs differ', () => {
    expect(whyNotSignSummary(caseOf())).toBeNull();
  });

  test('the first time, where the rest is adopted', () => {
    expect(whyNotSignSummary(caseOf({ previous: null }))).toBeNull();
  });

  test('again, after a crash, at the same second', () => {
    const signed = new Map([
      ['os/a', sum('2')],
      ['os/b', sum('5')],
    ]);
    expect(whyNotSignSummary(caseOf({ previous: { refs: signed, lastModifiedSeconds: 100 } }))).toBeNull();
  });

  test('with a ref that was adopted on purpose since', () => {
    const ledger = new Map([
      ['os/a', sum('1')],
      ['os/b', sum('6')],
      ['os/c', sum('7')],
    ]);
    const refs = { 'os/a': sum('2'), 'os/b': sum('6'), 'os/c': sum('7') };
    expect(whyNotSignSummary(caseOf({ refs, ledger }))).toBeNull();
  });

  test('without a ref that was given up on purpose since', () => {
    expect(
      whyNotSignSummary(caseOf({ refs: { 'os/a': sum('2') }, ledger: new Map([['os/a', sum('1')]]) })),
    ).toBeNull();
  });

  test('with refs of other collections as they were', () => {
    const mirror = { 'org.example.Os:os/x': sum('8') };
    const refs = { 'os/a': sum('2'), 'os/b': sum('5'), ...mirror };
    expect(whyNotSignSummary(caseOf({ refs, previous: null }))).toBeNull();
    const previous = {
      refs: new Map([['os/b', sum('5')], ...Object.entries(mirror)]),
      lastModifiedSeconds: 1,
    };
    expect(whyNotSignSummary(caseOf({ refs, previous }))).toBeNull();
  });
});

describe('a summary is not signed', () => {
  test.each<[string, Partial<SummaryCase> & { refs?: Record<string, string> }, RegExp]>([
    [
      'with a ref nobody approved',
      { refs: { 'os/a': sum('2'), 'os/b': sum('5'), 'os/evil': sum('6') } },
      /os\/evil was changed/,
    ],
    [
      'with a ref that moved by itself',
      { refs: { 'os/a': sum('2'), 'os/b': sum('6') } },
      /os\/b was changed/,
    ],
    ['with a ref set back', { refs: { 'os/a': sum('2'), 'os/b': sum('4') } }, /os\/b was changed/],
    ['that drops a ref', { refs: { 'os/a': sum('2') } }, /drops os\/b/],
    ['that lacks the planned ref', { refs: { 'os/b': sum('5') } }, /does not have os\/a/],
    [
      'with the planned ref elsewhere',
      { refs: { 'os/a': sum('3'), 'os/b': sum('5') } },
      /does not have os\/a/,
    ],
    [
      'with the planned ref where it was',
      { refs: { 'os/a': sum('1'), 'os/b': sum('5') } },
      /does not have os\/a/,
    ],
    [
      'with a ref whose ledger row nothing backs',
      {
        refs: { 'os/a': sum('2'), 'os/b': sum('6') },
        ledger: new Map([
          ['os/a', sum('1')],
          ['os/b', null],
        ]),
      },
      /os\/b was changed/,
    ],
    [
      'with another collection ref than before',
      { refs: { 'os/a': sum('2'), 'os/b': sum('5'), 'org.example.Os:os/x': sum('8') } },
      /os\/x was changed/,
    ],
    [
      'that is older than the last',
      {
        candidate: {
          refs: new Map([
            ['os/a', sum('2')],
            ['os/b', sum('5')],
          ]),
          lastModifiedSeconds: 89,
          collectionId: null,
        },
      },
      /older/,
    ],
    [
      'without a date',
      {
        candidate: {
          refs: new Map([
            ['os/a', sum('2')],
            ['os/b', sum('5')],
          ]),
          lastModifiedSeconds: null,
          collectionId: null,
        },
      },
      /when it was made/,
    ],
    ['for another collection', { collectionId: 'org.example.Os' }, /another collection ID/],
  ])('%s', (_, change, why) => {
    expect(whyNotSignSummary(caseOf(change))).toMatch(why);
  });
});
