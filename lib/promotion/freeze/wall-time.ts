const DAY = 86_400_000;

/** What a clock on the wall shows, in milliseconds since 1970 as if the wall were in UTC. */
export type WallTime = number;

/** `2026-12-24T18:00` as a wall time; null where there is no such time. */
export function parseWallTime(text: string): WallTime | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return null;
  const wall = Date.parse(`${text}:00Z`);
  return Number.isNaN(wall) || printWallTime(wall) !== text ? null : wall;
}

/** The reverse of `parseWallTime`. */
export function printWallTime(wall: WallTime): string {
  return new Date(wall).toISOString().slice(0, 16);
}

/** Whether this is a time zone of the IANA database, such as `Europe/Berlin`. Offsets and abbreviations of Windows aren't. */
export function isTimeZone(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name) && formatOf(name) !== null;
}

/**
 * The instant at which the wall shows `wall`, in milliseconds since 1970, as RFC 5545, 3.3.5 has it: where clocks are
 * put back and show it twice, the first; where they are put forward past it, by the offset that held before.
 *
 * @param timeZone one that `isTimeZone`
 */
export function instantOf(wall: WallTime, timeZone: string): number {
  const [before, after] = [wall - DAY, wall + DAY].map((near) => wall - offsetAt(near, timeZone));
  const found = [before, after].filter(
    (at): at is number => at !== undefined && at + offsetAt(at, timeZone) === wall,
  );
  return found.length > 0 ? Math.min(...found) : (before as number);
}

/** What the wall shows at an instant. */
export function wallTimeOf(instant: number, timeZone: string): WallTime {
  return instant + offsetAt(instant, timeZone);
}

/** How far the wall is ahead of UTC, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format = formatOf(timeZone);
  if (format === null) throw new RangeError(`${timeZone} is not a time zone`);
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000;
}

/** Making one costs far more than using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
const FORMATS_MAX = 600;

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  const known = formats.get(timeZone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    if (formats.size >= FORMATS_MAX) formats.clear();
    formats.set(timeZone, format);
    return format;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
