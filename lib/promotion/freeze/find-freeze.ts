import { type FreezeWindow, type Occurrence, occurrencesOf } from './freeze-window';

const DAY = 86_400_000;
/** How far ahead the end of a stop is looked for at first, and at most. */
const AHEAD_DAYS = 8;
const AHEAD_DAYS_MAX = 800;
/** How far ahead it is told what comes next. */
const COMING_DAYS = 21;

/** One time of one window. */
export interface FrozenBy extends Occurrence {
  window: FreezeWindow;
}

/** A stop as a whole. */
export interface Freeze {
  /** What holds now, the one that ends last first. */
  by: readonly FrozenBy[];
  /** What overlaps or touches it and goes on after that, in order. */
  then: readonly FrozenBy[];
  /** When nothing holds any more, in milliseconds since 1970: windows that overlap or touch are one stop. null: no end in sight. */
  until: number | null;
}

/**
 * Which windows stop what would be published at `at`, and until when; null where none does.
 * @param windows those that concern the stage
 * @param isExempt whether this one time of a window stops nothing
 */
export function findFreeze(
  windows: readonly FreezeWindow[],
  at: number,
  isExempt: (by: FrozenBy) => boolean = () => false,
): Freeze | null {
  for (let ahead = AHEAD_DAYS; ; ahead *= 10) {
    const times = timesOf(windows, at, at + ahead * DAY).filter((each) => !isExempt(each));
    const by = times.filter((each) => each.from <= at).sort((a, b) => b.to - a.to);
    if (by.length === 0) return null;
    const { until, then } = followFrom(times, at);
    // What reaches as far as was looked may go on after that.
    if (until < at + ahead * DAY) return { by, then, until };
    if (ahead >= AHEAD_DAYS_MAX) return { by, then, until: null };
  }
}

/**
 * What stops next within so many days, after what stops at `at`; null where nothing does, or the stop has no end in sight.
 * @param now what stops at `at`
 */
export function findComingFreeze(
  windows: readonly FreezeWindow[],
  at: number,
  now: Freeze | null,
): FrozenBy | null {
  const free = now === null ? at : now.until;
  if (free === null) return null;
  return timesOf(windows, at, at + COMING_DAYS * DAY).find(({ from }) => from > free) ?? null;
}

/** All times of all windows between two instants, by when they begin. */
export function timesOf(windows: readonly FreezeWindow[], from: number, to: number): FrozenBy[] {
  return windows
    .flatMap((window) => occurrencesOf(window, from, to).map((occurrence) => ({ window, ...occurrence })))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The first instant from `at` on that is in none of `times`, which are in order, and those after `at` that it is due to. */
function followFrom(times: readonly FrozenBy[], at: number): { until: number; then: FrozenBy[] } {
  let until = at;
  const then: FrozenBy[] = [];
  for (const each of times) {
    if (each.from > until) break;
    if (each.from > at && each.to > until) then.push(each);
    until = Math.max(until, each.to);
  }
  return { until, then };
}

/** "Weekend and Nights, then Year end": the windows of a stop, by name. */
export function namesOf({ by, then }: Freeze): string {
  const now = [...new Set(by.map(({ window }) => window.name))];
  const later = [...new Set(then.map(({ window }) => window.name))].filter((name) => !now.includes(name));
  return later.length === 0 ? joined(now) : `${joined(now)}, then ${joined(later)}`;
}

function joined(names: readonly string[]): string {
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
