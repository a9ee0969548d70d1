import { type Recurrence, recurrencesBetween, whyNotRule } from './recurrence';
import { instantOf, isTimeZone, parseWallTime, type WallTime, wallTimeOf } from './wall-time';

const DAY = 86_400_000;
/** Wall and UTC are never further apart than this. */
const OFFSET_MAX = 15 * 3_600_000;
const DURATION_DAYS_MAX = 366;
/** A rule that does not hold for so long after its start is taken for one that never does: a leap day comes sooner. */
const FIRST_YEARS_MAX = 9;
/** How much of a rule is looked at to tell whether its windows run into each other. */
const LOOK_AHEAD_DAYS = 800;

/** When nothing may be published: once, or as a rule recurs. */
export interface FreezeTimes {
  /** `2026-12-24T18:00`, on the wall of the zone. */
  start: string;
  end: string;
  /** A name of the IANA database. */
  timeZone: string;
  /** RFC 5545, as `normaliseRule` gives it; null: once. */
  rule: string | null;
}

/** A window with whom it concerns. */
export interface FreezeWindow extends FreezeTimes {
  id: string;
  name: string;
  reason: string;
  /** Changes whenever its times do. */
  version: number;
}

/** One time that a window holds, as instants in milliseconds since 1970; `to` is the first that is free. */
export interface Occurrence {
  from: number;
  to: number;
}

export type FreezeField = 'start' | 'end' | 'timeZone' | 'rule';

/** What is wrong with the times of a window, and which field says so; null where nothing is. */
export function whyNotWindow(times: FreezeTimes): { field: FreezeField; why: string } | null {
  const [start, end] = [parseWallTime(times.start), parseWallTime(times.end)];
  if (start === null) return { field: 'start', why: NO_TIME };
  if (end === null) return { field: 'end', why: NO_TIME };
  if (!isYearKnown(start)) return { field: 'start', why: 'use a year from 2000 to 2100' };
  if (!isTimeZone(times.timeZone)) {
    return {
      field: 'timeZone',
      why: `${times.timeZone} is not a time zone; use a name such as Europe/Berlin`,
    };
  }
  if (end <= start) return { field: 'end', why: 'the end must be after the start' };
  if (end - start > DURATION_DAYS_MAX * DAY) {
    return { field: 'end', why: `it may last ${DURATION_DAYS_MAX} days at most` };
  }
  if (times.rule === null) {
    const isEmpty = occurrenceOf(times, start, end - start) === null;
    return isEmpty ? { field: 'end', why: 'clocks are put forward past all of it' } : null;
  }
  const why = whyNotRule(times.rule) ?? whyNotRecurring({ ...times, start, rule: times.rule }, end - start);
  return why === null ? null : { field: 'rule', why };
}

const NO_TIME = 'use a date and a time such as 2026-12-24T18:00';

function isYearKnown(wall: WallTime): boolean {
  const year = new Date(wall).getUTCFullYear();
  return year >= 2000 && year <= 2100;
}

function whyNotRecurring(recurrence: Recurrence, duration: number): string | null {
  const { start } = recurrence;
  try {
    const soon = recurrencesBetween(recurrence, start, start + LOOK_AHEAD_DAYS * DAY);
    if (soon.length === 0) {
      const later = recurrencesBetween(recurrence, start, start + FIRST_YEARS_MAX * 366 * DAY);
      return later.length > 0 ? null : 'it never holds from the start on';
    }
    const gaps = soon.slice(1).map((wall, at) => wall - (soon[at] as number));
    const gap = Math.min(...gaps);
    return duration > gap ? `each lasts ${days(duration)}, and the next begins ${days(gap)} after it` : null;
  } catch {
    // The engine's own words are for programmers; what it refuses here is past the bounds that it was given.
    return 'it can’t be worked out; use a simpler one';
  }
}

/** "2 days", "36 hours" */
function days(milliseconds: number): string {
  const [count, unit] =
    milliseconds % DAY === 0
      ? [milliseconds / DAY, 'day']
      : [Math.round(milliseconds / 360_000) / 10, 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/**
 * When the window holds between two instants, in order: each time that ends after `from` and begins before `to`. Its
 * length is that on the wall, so one across a change of clocks is an hour shorter or longer.
 *
 * @param times none that `whyNotWindow`
 */
export function occurrencesOf(times: FreezeTimes, from: number, to: number): Occurrence[] {
  const start = parseWallTime(times.start) ?? Number.NaN;
  const duration = (parseWallTime(times.end) ?? Number.NaN) - start;
  const { rule, timeZone } = times;
  const starts =
    rule === null
      ? [start]
      : recurrencesBetween(
          { start, rule, timeZone },
          wallTimeOf(from, timeZone) - duration - OFFSET_MAX,
          wallTimeOf(to, timeZone) + OFFSET_MAX,
        );
  return starts.flatMap((wall) => {
    const occurrence = occurrenceOf(times, wall, duration);
    return occurrence !== null && occurrence.to > from && occurrence.from < to ? [occurrence] : [];
  });
}

/** How far ahead is looked for what comes next, in days: most rules need the first, a leap day the last. */
const NEXT_DAYS = [64, 400, FIRST_YEARS_MAX * 366];

/** The first `count` times that begin at `from` or later; fewer where there are no more within nine years. */
export function nextOccurrences(times: FreezeTimes, from: number, count: number): Occurrence[] {
  let next: Occurrence[] = [];
  for (const ahead of times.rule === null ? [Number.POSITIVE_INFINITY] : NEXT_DAYS) {
    next = occurrencesOf(times, from, from + ahead * DAY).filter((each) => each.from >= from);
    if (next.length >= count) break;
  }
  return next.slice(0, count);
}

/** null where clocks are put forward past all of it. */
function occurrenceOf({ timeZone }: FreezeTimes, start: WallTime, duration: number): Occurrence | null {
  const [from, to] = [instantOf(start, timeZone), instantOf(start + duration, timeZone)];
  return to > from ? { from, to } : null;
}
