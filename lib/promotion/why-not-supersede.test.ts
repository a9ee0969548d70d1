import { expect, test } from 'vitest';
import { promotionStateSchema } from '../contracts/promotion';
import { type SupersedeSubject, whyNotSupersede } from './why-not-supersede';

const fine: SupersedeSubject = {
  state: 'requested',
  isSameEdge: true,
  leftOut: null,
  olderRef: null,
  isEntitled: true,
};

test('only what no worker has begun is superseded', () => {
  const states = promotionStateSchema.options.filter((state) => whyNotSupersede({ ...fine, state }) === null);
  expect(states).toEqual(['requested', 'approved']);
  expect(whyNotSupersede({ ...fine, state: 'running' })?.why).toContain('has begun');
});

test.each([
  [{ isSameEdge: false }, 'conflict', /another edge/],
  [{ leftOut: 'os/b' }, 'conflict', /os\/b too/],
  [{ olderRef: 'os/a' }, 'conflict', /os\/a to a later/],
  [{ isEntitled: false }, 'forbidden', /program/],
])('refuses %j', (part, code, why) => {
  const refusal = whyNotSupersede({ ...fine, ...part });
  expect(refusal?.code).toBe(code);
  expect(refusal?.why).toMatch(why);
});
