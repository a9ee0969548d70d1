import { describe, expect, test } from 'vitest';
import type { Plan, PlanKind } from '../contracts/promotion';
import { type KindCase, resetTimestamp, whyNotOfKind, whyNotThisKind } from './check-rollback';

const [former, head, made, content] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];
const back: Plan['refs'][number] = {
  sourceRef: 'os/main',
  targetRef: 'os/main',
  sourceChecksum: former,
  contentChecksum: content,
  expectedChecksum: head,
  resultingChecksum: former,
  timestamp: null,
};
const forward = { ...back, resultingChecksum: made, timestamp: 201 };
const DAY = 86_400;

test.each([
  [100 * DAY, 103 * DAY, 'warn', /^it is 3 days older than the head: .*--allow-downgrade/],
  [100 * DAY, 101 * DAY, 'warn', /^it is 1 day older/],
  [60, 119, 'warn', /^it is 59 seconds older/],
  [60, 60, 'warn', /the same time/],
  [61, 60, 'pass', /later than that of the head/],
] as const)('a reset to %i from %i: %s', (to, from, result, detail) => {
  expect(resetTimestamp(to, from)).toEqual([result, expect.stringMatching(detail)]);
});

describe('a plan is what its kind says', () => {
  const why = (kind: PlanKind, mode: Plan['mode'], ref: Partial<typeof back>) =>
    whyNotOfKind({ kind, mode, refs: [{ ...(mode === 'recommit' ? forward : back), ...ref }] });

  test.each<[PlanKind, Plan['mode'], Partial<typeof back>, string | null]>([
    ['promote', 'identity', { sourceRef: 'os/other', expectedChecksum: null }, null],
    ['promote', 'recommit', { sourceRef: 'os/other' }, null],
    ['reset', 'identity', {}, null],
    ['roll-forward', 'recommit', {}, null],
    ['promote', 'identity', { resultingChecksum: made }, 'does not become the commit'],
    ['promote', 'identity', { timestamp: 5 }, 'does not become the commit'],
    ['promote', 'recommit', { timestamp: null }, 'has no time'],
    ['reset', 'recommit', {}, 'has the mode identity'],
    ['roll-forward', 'identity', {}, 'has the mode recommit'],
    ['reset', 'identity', { sourceRef: 'os/other' }, 'stays within os/main'],
    ['roll-forward', 'recommit', { expectedChecksum: null }, 'nothing to go back from'],
    ['reset', 'identity', { expectedChecksum: former }, 'stays where it is'],
  ])('%s, %s, %j: %s', (kind, mode, ref, expected) => {
    const said = why(kind, mode, ref);
    expect(said).toEqual(expected === null ? null : expect.stringContaining(expected));
  });
});

describe('what it does to a ref is of its kind', () => {
  const commit = (of: Partial<KindCase['resulting']>) => ({
    checksum: made,
    contentChecksum: content,
    timestamp: 201,
    parent: head,
    ...of,
  });
  const replaced = commit({
    checksum: head,
    contentChecksum: 'e'.repeat(64),
    timestamp: 200,
    parent: former,
  });
  const is = (kind: Exclude<PlanKind, 'remove'>, of: Partial<KindCase>) =>
    whyNotThisKind(kind, {
      planned: kind === 'roll-forward' ? forward : back,
      resulting: commit(kind === 'roll-forward' ? {} : { checksum: former, timestamp: 100 }),
      replaced,
      hasStoodHere: true,
      ...of,
    });

  test.each<[Exclude<PlanKind, 'remove'>, Partial<KindCase>, string | null]>([
    ['promote', { resulting: commit({ timestamp: 200 }), hasStoodHere: false }, null],
    ['promote', { replaced: null }, null],
    ['promote', {}, 'back in time, and the plan is no rollback'],
    ['reset', {}, null],
    ['reset', { hasStoodHere: false }, 'has never been at'],
    // Once the refs have moved what was replaced may be gone, and the run goes forward all the same.
    ['reset', { replaced: null, hasStoodHere: false }, null],
    ['reset', { resulting: commit({ contentChecksum: made }) }, 'another tree'],
    ['roll-forward', {}, null],
    ['roll-forward', { resulting: commit({ parent: former }) }, 'not follow from its head'],
    ['roll-forward', { resulting: commit({ parent: null }) }, 'not follow from its head'],
    ['roll-forward', { resulting: commit({ timestamp: 300 }) }, 'another time'],
    ['roll-forward', { replaced: { ...replaced, timestamp: 201 } }, 'not become later'],
    ['roll-forward', { hasStoodHere: false }, 'has never been at'],
  ])('%s, %j: %s', (kind, of, expected) => {
    const said = is(kind, of);
    expect(said).toEqual(expected === null ? null : expect.stringContaining(expected));
  });
});
