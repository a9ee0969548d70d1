import { describe, expect, it } from 'vitest';
import { dayOf, endOfDay, startOfDay } from './day-range';

describe('a day in the reader’s zone', () => {
  it('begins and ends on that day', () => {
    for (const day of ['2026-11-02', '2026-03-29', '2026-10-25', '2024-02-29', '2026-12-31']) {
      expect(dayOf(startOfDay(day))).toBe(day);
      expect(dayOf(endOfDay(day))).toBe(day);
    }
  });

  it('is followed at once by the next', () => {
    const end = Date.parse(endOfDay('2026-12-31') ?? '');
    expect(end + 1).toBe(Date.parse(startOfDay('2027-01-01') ?? ''));
  });

  it.each(['', 'yesterday', '2026-11-2', '2026-11-02T00:00:00Z'])('is not read from %j', (text) => {
    expect(startOfDay(text)).toBeUndefined();
    expect(endOfDay(text)).toBeUndefined();
  });

  it('shows nothing for no time', () => {
    expect(dayOf(undefined)).toBe('');
    expect(dayOf('nonsense')).toBe('');
  });
});
