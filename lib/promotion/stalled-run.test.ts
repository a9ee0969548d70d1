import { expect, test } from 'vitest';
import { stalledSince } from './stalled-run';

const leaseExpiresAt = new Date('2026-11-25T12:00:00Z');
const after = (seconds: number) => new Date(leaseExpiresAt.getTime() + seconds * 1000);

test('a run is stalled when its lease has been over for a while, and only while it is under way', () => {
  const run = { state: 'running', leaseExpiresAt };
  expect(stalledSince(run, after(-5))).toBeNull();
  expect(stalledSince(run, after(10))).toBeNull();
  expect(stalledSince(run, after(10.001))).toBe(leaseExpiresAt);
  expect(stalledSince({ ...run, state: 'done' }, after(60))).toBeNull();
  expect(stalledSince({ ...run, leaseExpiresAt: null }, after(60))).toBeNull();
});
