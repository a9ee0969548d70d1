import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFreeze, namesOf, timesOf } from './find-freeze';
import { type FreezeTimes, type FreezeWindow, occurrencesOf, whyNotWindow } from './freeze-window';
import { normaliseRule, recurrencesBetween, whyNotRule } from './recurrence';
import { instantOf, isTimeZone, parseWallTime, printWallTime, wallTimeOf } from './wall-time';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const seed = 20_261_126;
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
];
const at = (iso: string) => Date.parse(iso);
const iso = (instant: number | null | undefined) =>
  instant == null ? null : new Date(instant).toISOString();
const times = (
  start: string,
  end: string,
  rule: string | null = null,
  timeZone = 'Europe/Berlin',
): FreezeTimes => ({
  start,
  end,
  timeZone,
  rule,
});
const window = (of: FreezeTimes, name = 'window'): FreezeWindow => ({
  ...of,
  id: name,
  name,
  reason: '',
  version: 1,
});

describe('the wall', () => {
  test('shows what was read from it, in any zone at any time', () => {
    const instants = fc.integer({
      min: at('2000-01-01T00:00:00Z') / 60_000,
      max: at('2100-01-01T00:00:00Z') / 60_000,
    });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (minutes, zone) => {
        const instant = minutes * 60_000;
        const wall = wallTimeOf(instant, zone);
        // Where it shows the same twice, the first.
        expect(instantOf(wall, zone)).toBeLessThanOrEqual(instant);
        expect(wallTimeOf(instantOf(wall, zone), zone)).toBe(wall);
        expect(parseWallTime(printWallTime(wall))).toBe(wall);
      }),
      { seed, numRuns: 500 },
    );
  });

  test.each([
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    // Left out: by the offset before.
    ['2026-03-29T02:30', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    // Twice: the first.
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ])('%s in Berlin is %s', (wall, expected) => {
    expect(iso(instantOf(parseWallTime(wall) ?? Number.NaN, 'Europe/Berlin'))).toBe(expected);
  });

  test.each(['2026-02-30T10:00', '2026-12-24', '2026-12-24T24:00', '2026-12-24T10:00Z', '', '20261224T1000'])(
    '%j is no wall time',
    (text) => expect(parseWallTime(text)).toBeNull(),
  );

  test.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['Etc/GMT+5', true],
    ['Europe/Atlantis', false],
    ['+02:00', false],
    ['', false],
    ['W. Europe Standard Time', false],
  ])('%j is a zone: %s', (name, is) => expect(isTimeZone(name)).toBe(is));
});

describe('a rule', () => {
  test.each<[string, RegExp]>([
    ['', /not a part such as/],
    ['every friday', /not a part such as/],
    ['BYDAY=FR', /must say FREQ/],
    ['FREQ=SECONDLY', /FREQ=SECONDLY recurs within a day/],
    ['FREQ=HOURLY;INTERVAL=2', /recurs within a day/],
    ['FREQ=FORTNIGHTLY', /FREQ can’t be FORTNIGHTLY/],
    ['FREQ=DAILY;FREQ=DAILY', /given twice/],
    ['FREQ=DAILY;BYHOUR=3', /BYHOUR is not possible/],
    ['FREQ=DAILY;X-ODD=1', /X-ODD is not a part/],
    ['FREQ=DAILY;CONSTRUCTOR=1', /not a part/],
    ['FREQ=DAILY;RSCALE=CHINESE', /RSCALE is not a part/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL can’t be 0/],
    ['FREQ=DAILY;COUNT=501', /COUNT can’t be 501/],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', /can’t be given together/],
    ['FREQ=DAILY;UNTIL=20270230', /UNTIL can’t be/],
    ['FREQ=DAILY;UNTIL=tomorrow', /UNTIL can’t be TOMORROW/],
    ['FREQ=WEEKLY;BYDAY=XX', /BYDAY can’t be XX/],
    ['FREQ=WEEKLY;BYDAY=1MO', /can’t count days with FREQ=WEEKLY/],
    ['FREQ=MONTHLY;BYDAY=0MO', /BYDAY can’t be 0MO/],
    ['FREQ=MONTHLY;BYMONTHDAY=32', /BYMONTHDAY can’t be 32/],
    ['FREQ=MONTHLY;BYMONTHDAY=1e1', /BYMONTHDAY can’t be 1E1/],
    ['FREQ=MONTHLY;BYWEEKNO=1', /YEARLY only/],
    ['FREQ=DAILY;BYSETPOS=1', /needs another/],
    [`FREQ=DAILY;BYMONTH=${Array.from({ length: 200 }, () => 1).join(',')}`, /BYMONTH can’t be/],
    ['FREQ=DAILY\nDTSTART:20000101T000000Z', /FREQ can’t be/],
  ])('%j is none', (text, why) => expect(whyNotRule(normaliseRule(text))).toMatch(why));

  test('is kept in one form', () => {
    expect(normaliseRule(' rrule:freq=weekly; byday=fr, sa ')).toBe('FREQ=WEEKLY;BYDAY=FR,SA');
  });

  const days = fc.uniqueArray(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'), {
    minLength: 1,
    maxLength: 3,
  });
  const rules = fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((interval) => `FREQ=DAILY;INTERVAL=${interval}`),
    fc
      .tuple(fc.integer({ min: 1, max: 6 }), days)
      .map(([n, on]) => `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${on.join(',')}`),
    fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 15, 29, 31, -1))
      .map(([n, day]) => `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${day}`),
    fc
      .tuple(fc.constantFrom(1, 2, -1), days)
      .map(([nth, on]) => `FREQ=MONTHLY;BYDAY=${on.map((day) => nth + day).join(',')}`),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom(1, 28, 29))
      .map(([month, day]) => `FREQ=YEARLY;BYMONTH=${month};BYMONTHDAY=${day}`),
  );

  test('recurs at the same times however long before or after one looks, and as often as it counts', () => {
    const count = 60;
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 400 }),
        (rule, day, offset) => {
          const start = at('2020-02-01T18:30:00Z') + day * DAY;
          const base = { start, timeZone: 'UTC' };
          // Counted from the start on, one after the other.
          const all = recurrencesBetween(
            { ...base, rule: `${rule};COUNT=${count}` },
            start,
            Number.POSITIVE_INFINITY,
          );
          expect(all).toHaveLength(count);
          const from = start + offset * DAY;
          const to = Math.min(from + 300 * DAY, all.at(-1) as number);
          const expected = all.filter((wall) => wall >= from && wall < to);
          expect(recurrencesBetween({ ...base, rule }, from, to)).toEqual(expected);
        },
      ),
      { seed, numRuns: 40 },
    );
  });
});

describe('a window', () => {
  test.each<[string, FreezeTimes, string, RegExp]>([
    ['no start', times('soon', '2026-12-24T18:00'), 'start', /such as 2026-12-24T18:00/],
    ['no end', times('2026-12-24T18:00', ''), 'end', /such as/],
    ['another century', times('1912-12-24T18:00', '2026-12-24T18:00'), 'start', /2000 to 2100/],
    [
      'no such zone',
      times('2026-12-24T18:00', '2026-12-25T18:00', null, 'Mars/Base'),
      'timeZone',
      /Mars\/Base is not a time zone/,
    ],
    ['the end first', times('2026-12-24T18:00', '2026-12-24T18:00'), 'end', /after the start/],
    ['a length nobody means', times('2026-12-24T18:00', '2028-12-24T18:00'), 'end', /366 days/],
    ['an hour that is left out', times('2026-03-29T02:30', '2026-03-29T03:15'), 'end', /put forward/],
    [
      'a day that never comes',
      times('2026-01-01T00:00', '2026-01-02T00:00', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'),
      'rule',
      /never holds/,
    ],
    [
      'a day that never comes, daily',
      times('2026-01-01T00:00', '2026-01-02T00:00', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'),
      'rule',
      /never holds/,
    ],
    [
      'an end before the start',
      times('2026-01-01T00:00', '2026-01-02T00:00', 'FREQ=DAILY;UNTIL=20251231'),
      'rule',
      /never holds/,
    ],
    [
      'a weekend each day',
      times('2026-11-27T18:00', '2026-11-30T06:00', 'FREQ=DAILY'),
      'rule',
      /each lasts 60 hours, and the next begins 1 day after/,
    ],
    [
      'a rule that is none',
      times('2026-11-27T18:00', '2026-11-30T06:00', 'FREQ=SECONDLY'),
      'rule',
      /within a day/,
    ],
  ])('with %s is refused', (_, of, field, why) => {
    expect(whyNotWindow(of)).toMatchObject({ field, why: expect.stringMatching(why) });
  });

  test.each([
    times('2026-11-27T18:00', '2026-11-30T06:00', 'FREQ=WEEKLY'),
    times('2026-11-28T00:00', '2026-11-29T00:00', 'FREQ=WEEKLY;BYDAY=SA,SU'),
    times('2024-02-29T00:00', '2024-03-01T00:00', 'FREQ=YEARLY'),
    times('2026-01-01T22:00', '2026-01-02T05:00', 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=12'),
    times('2026-12-20T00:00', '2027-01-07T00:00', 'FREQ=YEARLY;UNTIL=20301231T000000Z'),
  ])('%j is fine', (of) => expect(whyNotWindow(of)).toBeNull());

  test('keeps its time on the wall when clocks change, and loses no night', () => {
    const nightly = times('2026-03-27T02:30', '2026-03-27T05:00', 'FREQ=DAILY');
    expect(
      occurrencesOf(nightly, at('2026-03-28T00:00:00Z'), at('2026-03-31T00:00:00Z')).map(({ from, to }) => [
        iso(from),
        iso(to),
      ]),
    ).toEqual([
      ['2026-03-28T01:30:00.000Z', '2026-03-28T04:00:00.000Z'],
      ['2026-03-29T01:30:00.000Z', '2026-03-29T03:00:00.000Z'],
      ['2026-03-30T00:30:00.000Z', '2026-03-30T03:00:00.000Z'],
    ]);
    const weekend = times('2026-10-23T18:00', '2026-10-26T06:00', 'FREQ=WEEKLY');
    expect(
      occurrencesOf(weekend, at('2026-10-24T00:00:00Z'), at('2026-10-31T00:00:00Z')).map(({ from, to }) => [
        iso(from),
        iso(to),
      ]),
    ).toEqual([
      ['2026-10-23T16:00:00.000Z', '2026-10-26T05:00:00.000Z'],
      ['2026-10-30T17:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ]);
  });

  test('recurs until its UNTIL, as the wall of its zone or as UTC says', () => {
    const count = (rule: string) =>
      occurrencesOf(
        times('2026-11-01T00:30', '2026-11-01T01:00', rule),
        at('2026-10-01T00:00:00Z'),
        at('2027-01-01T00:00:00Z'),
      ).length;
    expect(count('FREQ=DAILY;UNTIL=20261103')).toBe(3);
    expect(count('FREQ=DAILY;UNTIL=20261103T003000')).toBe(3);
    expect(count('FREQ=DAILY;UNTIL=20261103T002959')).toBe(2);
    // Half past midnight in Berlin is half past eleven in UTC, the day before.
    expect(count('FREQ=DAILY;UNTIL=20261102T233000Z')).toBe(3);
    expect(count('FREQ=DAILY;UNTIL=20261102T232959Z')).toBe(2);
  });
});

describe('a stop', () => {
  const base = at('2026-11-02T00:00:00Z');
  const hours = (from: number, to: number, name: string) =>
    window(
      { ...times(printWallTime(base + from * HOUR), printWallTime(base + to * HOUR)), timeZone: 'UTC' },
      name,
    );
  const somewhere = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 12 })), {
    maxLength: 6,
  });

  test('is there exactly while a window holds, and lasts until none does', () => {
    fc.assert(
      fc.property(somewhere, fc.integer({ min: -2, max: 60 }), (spans, hour) => {
        const windows = spans.map(([from, length], each) => hours(from, from + length, `w${each}`));
        const now = base + hour * HOUR;
        const holding = (instant: number) =>
          timesOf(windows, instant, instant + 1)
            .map(({ window: { id } }) => id)
            .sort();
        const isHeld = (h: number) => spans.some(([from, length]) => from <= h && h < from + length);
        const freeze = findFreeze(windows, now);
        expect(freeze !== null).toBe(isHeld(hour));
        if (freeze === null) return;
        expect(freeze.by.map((each) => each.window.id).sort()).toEqual(holding(now));
        let free = hour;
        while (isHeld(free)) free += 1;
        expect(freeze.until).toBe(base + free * HOUR);
      }),
      { seed, numRuns: 300 },
    );
  });

  test('ends with the last of windows that touch, a recurring one among them', () => {
    const saturdays = window(
      times('2026-11-07T00:00', '2026-11-08T00:00', 'FREQ=WEEKLY;BYDAY=SA,SU', 'UTC'),
      'weekend',
    );
    const monday = window(times('2026-11-09T00:00', '2026-11-09T12:00', null, 'UTC'), 'monday');
    const freeze = findFreeze([saturdays, monday], at('2026-11-07T10:00:00Z'));
    expect(freeze?.by.map((each) => each.window.name)).toEqual(['weekend']);
    expect(freeze && namesOf(freeze)).toBe('weekend, then monday');
    expect(iso(freeze?.until)).toBe('2026-11-09T12:00:00.000Z');
  });

  test('that never ends says so, and is found in bounded time', () => {
    const always = window(times('2026-01-01T00:00', '2026-01-02T00:00', 'FREQ=DAILY'), 'always');
    expect(findFreeze([always], at('2026-11-07T10:00:00Z'))).toMatchObject({ until: null });
  });

  test('is not for what is exempt, and for that one time only', () => {
    const nightly = window(times('2026-11-02T20:00', '2026-11-03T06:00', 'FREQ=DAILY', 'UTC'), 'nightly');
    const now = at('2026-11-04T22:00:00Z');
    const [by] = findFreeze([nightly], now)?.by ?? [];
    const isExempt = (each: { from: number }) => each.from === by?.from;
    expect(findFreeze([nightly], now, isExempt)).toBeNull();
    expect(iso(findFreeze([nightly], now + DAY, isExempt)?.until)).toBe('2026-11-06T06:00:00.000Z');
  });
});
