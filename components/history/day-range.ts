/**
 * The first instant of a day in the reader's own zone.
 * @param day `2026-11-02`, as a date field gives it
 * @returns ISO 8601, UTC; undefined where `day` is none
 */
export function startOfDay(day: string): string | undefined {
  const parsed = parseDay(day);
  return parsed?.toISOString();
}

/** The last millisecond of a day in the reader's own zone. */
export function endOfDay(day: string): string | undefined {
  const parsed = parseDay(day);
  if (parsed === undefined) return undefined;
  parsed.setDate(parsed.getDate() + 1);
  return new Date(parsed.getTime() - 1).toISOString();
}

/** The day, in the reader's own zone, that an instant lies in, as a date field takes it. */
export function dayOf(iso: string | undefined): string {
  if (iso === undefined) return '';
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  const two = (number: number) => String(number).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

function parseDay(day: string): Date | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return undefined;
  const time = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return Number.isNaN(time.getTime()) ? undefined : time;
}
