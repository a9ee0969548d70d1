import { type FreezeWindow, type Occurrence, occurrencesOf } from './freeze-window';

const DAY = 86_400_000;
/** How far ahead the end of a stop is looked for at first, and at most. */
const AHEAD_DAYS = 8;
const AHEAD_DAYS_MAX = 800;

/** One time of one window. */
export interface FrozenBy extends Occurrence {
  window: FreezeWindow;
}

/** A stop as a whole. */
export interface Freeze {
  /** What holds now, the one that ends last first. */
  by: readonly FrozenBy[];
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
    const until = endOf(times, at);
    // What reaches as far as was looked may go on after that.
    if (until < at + ahead * DAY) return { by, until };
    if (ahead >= AHEAD_DAYS_MAX) return { by, until: null };
  }
}

/** All times of all windows between two instants, by when they begin. */
export function timesOf(windows: readonly FreezeWindow[], from: number, to: number): FrozenBy[] {
  return windows
    .flatMap((window) => occurrencesOf(window, from, to).map((occurrence) => ({ window, ...occurrence })))
    .sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The first instant from `at` on that is in none of `times`, which are in order. */
function endOf(times: readonly Occurrence[], at: number): number {
  let end = at;
  for (const { from, to } of times) {
    if (from > end) break;
    end = Math.max(end, to);
  }
  return end;
}

/** "Weekend and Year end": the windows that hold, by name. */
export function namesOf({ by }: Freeze): string {
  const names = [...new Set(by.map(({ window }) => window.name))];
  return names.length < 3 ? names.join(' and ') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
