const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function span(seconds: number): string {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  const days = Math.floor(seconds / DAY);
  if (days < 14) return days === 1 ? '1 day' : `${days} days`;
  if (days < 61) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30.44)} months`;
  return `${Math.floor(days / 365.25)} years`;
}

/**
 * How long before (or after) `nowMs` the time `iso` lies: `12 min ago`, `just now`, `in 3 h`.
 * @param iso ISO 8601; text that is no time is given back
 * @param nowMs milliseconds since 1970
 */
export function formatRelativeTime(iso: string, nowMs: number): string {
  const timeMs = Date.parse(iso);
  if (Number.isNaN(timeMs)) return iso;
  const seconds = Math.round((nowMs - timeMs) / 1000);
  if (Math.abs(seconds) < 10) return 'just now';
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** A length of time for people: `0.31 s`, `12 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number): string {
  const exact = Math.max(0, milliseconds) / 1000;
  if (exact < 9.995) return `${exact.toFixed(2)} s`;
  const seconds = Math.round(exact);
  if (seconds < MINUTE) return `${seconds} s`;
  const [unit, smaller, names] =
    seconds < HOUR ? [MINUTE, 1, ['min', 's'] as const] : [HOUR, MINUTE, ['h', 'min'] as const];
  const rest = Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)} ${names[0]}${rest === 0 ? '' : ` ${rest} ${names[1]}`}`;
}
