import { describe, expect, test } from 'vitest';
import { AppError } from '../errors';
import { failureOf, outcomeOf, retryDelayMilliseconds } from './worker-error';

describe('how a run ends that is stopped before its commit point', () => {
  test.each([
    ['target-moved', 'stale'],
    ['source-changed', 'stale'],
    ['plan-changed', 'stale'],
    ['lease-lost', 'again'],
    ['database-unavailable', 'again'],
    ['ostree/aborted', 'again'],
    ['ostree/object-corrupt', 'failed'],
    ['target-drifted', 'failed'],
    ['signer-refused', 'failed'],
  ] as const)('%s: %s', (code, outcome) => {
    expect(outcomeOf(new AppError(code, 'x'))).toBe(outcome);
  });

  test('a database that is away is no failure of the run; a bug is one, and its text is told to nobody', () => {
    const away = Object.assign(new Error('no'), { name: 'PrismaClientKnownRequestError' });
    expect(outcomeOf(away)).toBe('again');
    const bug = new TypeError('secret is not a function');
    expect(outcomeOf(bug)).toBe('failed');
    expect(failureOf(bug).code).toBe('internal');
    expect(failureOf(bug).message).not.toContain('secret');
  });
});

test('retries come later each time, up to a minute apart', () => {
  expect([0, 1, 2, 5, 6, 100].map(retryDelayMilliseconds)).toEqual([
    1000, 2000, 4000, 32_000, 60_000, 60_000,
  ]);
});
