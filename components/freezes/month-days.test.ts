import { expect, test } from 'vitest';
import { monthAfter, monthName, partOfDay, weeksOf } from './month-days';

test('a month is shown in whole weeks from Monday on', () => {
  const weeks = weeksOf('2026-11', false);
  expect(weeks.map((week) => week.map(({ number }) => number).join(' '))).toEqual([
    '26 27 28 29 30 31 1',
    '2 3 4 5 6 7 8',
    '9 10 11 12 13 14 15',
    '16 17 18 19 20 21 22',
    '23 24 25 26 27 28 29',
    '30 1 2 3 4 5 6',
  ]);
  const days = weeks.flat();
  expect(days.filter(({ isInMonth }) => isInMonth)).toHaveLength(30);
  for (const [at, day] of days.slice(1).entries()) expect(day.from).toBe(days[at]?.to);
  // One that begins on a Monday and has four weeks.
  expect(weeksOf('2027-02', false)).toHaveLength(4);
});

test('days of the reader’s zone follow on each other across a change of clocks too', () => {
  const days = weeksOf('2026-03', true).flat();
  for (const [at, day] of days.slice(1).entries()) expect(day.from).toBe(days[at]?.to);
  expect(new Date(days[10]?.from ?? 0).getHours()).toBe(0);
});

test('months follow on each other across years', () => {
  expect(monthAfter('2026-12', 1)).toBe('2027-01');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
  expect(monthName('2026-12')).toBe('December 2026');
});

test.each([
  ['2026-11-27T18:00:00Z', '2026-11-30T06:00:00Z', 'from 18:00'],
  ['2026-11-20T18:00:00Z', '2026-11-30T06:00:00Z', 'all day'],
  ['2026-11-27T00:00:00Z', '2026-11-28T00:00:00Z', 'all day'],
  ['2026-11-20T18:00:00Z', '2026-11-27T06:00:00Z', 'until 06:00'],
  ['2026-11-27T12:00:00Z', '2026-11-27T14:30:00Z', '12:00 to 14:30'],
  ['2026-11-28T00:00:00Z', '2026-11-30T06:00:00Z', null],
  ['2026-11-20T18:00:00Z', '2026-11-27T00:00:00Z', null],
])('from %s to %s the 27th is taken: %s', (from, to, part) => {
  const day = weeksOf('2026-11', false)
    .flat()
    .find(({ from: at }) => at === Date.UTC(2026, 10, 27));
  if (!day) throw new Error('no such day');
  expect(partOfDay(day, { from, to }, false)).toBe(part);
});
