import { expect, test } from 'vitest';
import type { FormerCommitsDto } from '../../contracts/commit';
import { chooseCommit } from './rollback';

const item = (digit: string, version: string, isAncestor = true) => ({
  checksum: digit.repeat(64),
  version,
  subject: '',
  timestamp: '2026-11-26T00:00:00.000Z',
  isAncestor,
  promotion: null,
});
const former: FormerCommitsDto = {
  stage: 'production',
  ref: 'os/main',
  head: item('f', '4'),
  edges: [],
  items: [item('c', '3'), item('b', '2'), item('a', '2'), item('d', '5', false)],
  hasMore: false,
};

test.each([
  [undefined, 'c'],
  ['3', 'c'],
  ['b'.repeat(8), 'b'],
  ['5', 'd'],
])('%s chooses %s', (to, digit) => {
  expect(chooseCommit(former, to).checksum).toBe(digit?.repeat(64));
});

test.each([
  ['2', 'names several commits of os/main'],
  ['bbb', 'has never been at bbb'],
  ['9.9', 'has never been at 9.9'],
])('%s is refused', (to, message) => {
  expect(() => chooseCommit(former, to)).toThrow(message);
});

test('without anything before the head there is nothing to go back to', () => {
  expect(() => chooseCommit({ ...former, items: [] }, undefined)).toThrow('a commit before its head');
});
