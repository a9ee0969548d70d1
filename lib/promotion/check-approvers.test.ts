import { expect, test } from 'vitest';
import type { ApprovalPolicy } from '../contracts/policy';
import { checkApprovers } from './check-approvers';
import { fixApprovalPolicy } from './fix-approval-policy';
import type { Eligibility } from './judge-approvals';

const eligibility: Eligibility = {
  reviewers: new Set(['one', 'two']),
  requesters: new Map(),
  groups: new Map([
    ['release', new Set(['two', 'one'])],
    ['security', new Set(['one'])],
  ]),
};
const fixed = (rules: [string | null, number][], isShared = false): ApprovalPolicy =>
  fixApprovalPolicy(
    { rules: rules.map(([group, required]) => ({ group, required })), expiryHours: 72, isShared },
    eligibility,
  );

test('a policy is fixed with the people of its groups, sorted, and anybody where it names none', () => {
  expect(
    fixed([
      ['release', 1],
      ['empty', 1],
      [null, 2],
    ]).rules,
  ).toEqual([
    { group: 'release', required: 1, people: ['one', 'two'] },
    { group: 'empty', required: 1, people: [] },
    { group: null, required: 2, people: null },
  ]);
});

test.each<[string, ApprovalPolicy, 'pass' | 'fail']>([
  ['two reviewers where there are two', fixed([[null, 2]]), 'pass'],
  ['three where there are two', fixed([[null, 3]]), 'fail'],
  [
    'one of each group',
    fixed([
      ['release', 1],
      ['security', 1],
    ]),
    'pass',
  ],
  [
    'two of one and one of the other are three people',
    fixed([
      ['release', 2],
      ['security', 1],
    ]),
    'fail',
  ],
  [
    'unless approvals are shared',
    fixed(
      [
        ['release', 2],
        ['security', 1],
      ],
      true,
    ),
    'pass',
  ],
  ['somebody of a group without people', fixed([['empty', 1]]), 'fail'],
])('%s: %s', (_, policy, result) => {
  expect(checkApprovers(policy, eligibility, [])).toMatchObject({ code: 'approvers', result });
});

test('who holds the token of the program that asks is nobody to approve it', () => {
  const everybody = [...eligibility.reviewers];
  const one = fixed([[null, 1]]);
  expect(checkApprovers(one, eligibility, everybody.slice(1))).toMatchObject({ result: 'pass' });
  expect(checkApprovers(one, eligibility, everybody)).toMatchObject({ result: 'fail' });
});
