/** One day of a page of a calendar; `to` is the beginning of the next. */
export interface CalendarDay {
  /** Day of the month. */
  number: number;
  isInMonth: boolean;
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

/**
 * The weeks that a month touches, each from Monday on.
 * @param month such as `2026-12`
 * @param isLocal days of the reader's own zone, else of UTC
 */
export function weeksOf(month: string, isLocal: boolean): CalendarDay[][] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const at = (day: number) =>
    isLocal ? new Date(year, number - 1, day).getTime() : Date.UTC(year, number - 1, day);
  const lead = (new Date(Date.UTC(year, number - 1, 1)).getUTCDay() + 6) % 7;
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const weeks: CalendarDay[][] = [];
  for (let day = 1 - lead; day <= count; day += 7) {
    weeks.push(
      Array.from({ length: 7 }, (_, offset) => ({
        number: new Date(Date.UTC(year, number - 1, day + offset)).getUTCDate(),
        isInMonth: day + offset >= 1 && day + offset <= count,
        from: at(day + offset),
        to: at(day + offset + 1),
      })),
    );
  }
  return weeks;
}

/** The month so many after (or before) `month`. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

/** "December 2026" */
export function monthName(month: string): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  return at.toLocaleString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** Which part of a day a time takes: "all day", "from 18:00", "until 06:00", "12:00 to 14:00"; null where none. */
export function partOfDay(
  day: CalendarDay,
  time: { from: string; to: string },
  isLocal: boolean,
): string | null {
  const [from, to] = [Date.parse(time.from), Date.parse(time.to)];
  if (to <= day.from || from >= day.to) return null;
  const clock = (at: number) =>
    new Date(at).toLocaleString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(isLocal ? {} : { timeZone: 'UTC' }),
    });
  if (from > day.from) return to < day.to ? `${clock(from)} to ${clock(to)}` : `from ${clock(from)}`;
  return to < day.to ? `until ${clock(to)}` : 'all day';
}
