import { RRuleTemporal } from 'rrule-temporal';
import { parseWallTime, type WallTime, wallTimeOf } from './wall-time';

/** How many repeats a rule may count to. */
const COUNT_MAX = 500;
const INTERVAL_MAX = 999;
const VALUES_MAX = 100;

/** How far the engine may go before it gives up, so that no rule costs more than a moment. */
const BOUNDS = { maxIterations: 20_000, maxCandidateEvaluations: 200_000 };

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];
const whole = (min: number, max: number) => (value: string) =>
  /^[+-]?\d{1,4}$/.test(value) && Number(value) >= min && Number(value) <= max;
/** Counted from either end, so never zero. */
const eitherEnd = (max: number) => (value: string) => whole(-max, max)(value) && Number(value) !== 0;
const list = (isGood: (value: string) => boolean) => (value: string) => {
  const values = value.split(',');
  return values.length <= VALUES_MAX && values.every(isGood);
};

/** What RFC 5545, 3.3.10 lets each part hold. Times of day aren't among them: that is the window's own start. */
const parts: Readonly<Record<string, (value: string) => boolean>> = {
  FREQ: (value) => FREQUENCIES.includes(value),
  INTERVAL: whole(1, INTERVAL_MAX),
  COUNT: whole(1, COUNT_MAX),
  UNTIL: (value) => parseUntil(value) !== null,
  BYDAY: list(
    (value) => /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/.test(value) && isOrdinal(value.slice(0, -2)),
  ),
  BYMONTH: list(whole(1, 12)),
  BYMONTHDAY: list(eitherEnd(31)),
  BYYEARDAY: list(eitherEnd(366)),
  BYWEEKNO: list(eitherEnd(53)),
  BYSETPOS: list(eitherEnd(366)),
  WKST: (value) => /^(MO|TU|WE|TH|FR|SA|SU)$/.test(value),
};

function isOrdinal(text: string): boolean {
  return text === '' || eitherEnd(53)(text);
}

/** The rule as it is kept: without `RRULE:`, spaces and small letters. */
export function normaliseRule(text: string): string {
  return text
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/\s*([;=,])\s*/g, '$1')
    .toUpperCase();
}

/** Why this is no rule by which a freeze can recur, as a clause; null where it is one. Takes what `normaliseRule` gives. */
export function whyNotRule(rule: string): string | null {
  const seen = new Map<string, string>();
  for (const part of rule.split(';')) {
    const [name = '', value, ...more] = part.split('=');
    if (value === undefined || more.length > 0) return `“${cut(part)}” is not a part such as FREQ=WEEKLY`;
    if (/^BY(HOUR|MINUTE|SECOND)$/.test(name))
      return `${name} is not possible: the start says the time of day`;
    const isGood = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!isGood) return `${cut(name)} is not a part of a rule; there are ${Object.keys(parts).join(', ')}`;
    if (seen.has(name)) return `${name} is given twice`;
    if (name === 'FREQ' && /^(SECONDLY|MINUTELY|HOURLY)$/.test(value)) {
      return `FREQ=${value} recurs within a day; a freeze recurs ${FREQUENCIES.join(', ')}`;
    }
    if (!isGood(value)) return `${name} can’t be ${cut(value)}`;
    seen.set(name, value);
  }
  return whyNotTogether(seen);
}

/** What of a rule's parts don't go together (RFC 5545, 3.3.10). */
function whyNotTogether(seen: ReadonlyMap<string, string>): string | null {
  const frequency = seen.get('FREQ');
  if (frequency === undefined) return 'it must say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY';
  if (seen.has('COUNT') && seen.has('UNTIL')) return 'COUNT and UNTIL can’t be given together';
  if (/\d/.test(seen.get('BYDAY') ?? '') && !/^(MONTHLY|YEARLY)$/.test(frequency)) {
    return `BYDAY can’t count days with FREQ=${frequency}`;
  }
  if (/\d/.test(seen.get('BYDAY') ?? '') && seen.has('BYWEEKNO'))
    return 'BYDAY can’t count days with BYWEEKNO';
  if (seen.has('BYWEEKNO') && frequency !== 'YEARLY') return 'BYWEEKNO goes with FREQ=YEARLY only';
  if (seen.has('BYYEARDAY') && frequency !== 'YEARLY') return 'BYYEARDAY goes with FREQ=YEARLY only';
  if (seen.has('BYMONTHDAY') && frequency === 'WEEKLY') return 'BYMONTHDAY does not go with FREQ=WEEKLY';
  const others = ['BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'];
  if (seen.has('BYSETPOS') && !others.some((name) => seen.has(name)))
    return 'BYSETPOS needs another BY… part';
  return null;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** `UNTIL` as a wall time, the last at which it may begin; an instant where it says Z. */
function parseUntil(value: string): { wall: WallTime } | { instant: number } | null {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(value);
  if (!match) return null;
  const [, year, month, day, hour = '23', minute = '59', second = '59', zulu] = match;
  const minutes = parseWallTime(`${year}-${month}-${day}T${hour}:${minute}`);
  if (minutes === null || Number(second) > 59) return null;
  const at = minutes + Number(second) * 1000;
  return zulu === undefined ? { wall: at } : { instant: at };
}

/** A rule with the first time at which it may hold. */
export interface Recurrence {
  start: WallTime;
  /** As `normaliseRule` gives it, and none that `whyNotRule`. */
  rule: string;
  timeZone: string;
}

/** Days of one piece of what was worked out. */
const PIECE = 64 * 86_400_000;
const PIECES_MAX = 2000;
const pieces = new Map<string, readonly WallTime[]>();

/**
 * Wall times at which it recurs, from `from` and before `to`, in order; the same whatever was asked before. Worked out on
 * the wall, so that a change of clocks neither moves nor loses one.
 */
export function recurrencesBetween(recurrence: Recurrence, from: WallTime, to: WallTime): WallTime[] {
  const found: WallTime[] = [];
  if (/COUNT=/.test(recurrence.rule)) {
    found.push(...remember(recurrence, null));
  } else {
    const last = Math.ceil(to / PIECE);
    for (let at = Math.floor(Math.max(from, recurrence.start) / PIECE); at < last; at += 1) {
      found.push(...remember(recurrence, at));
    }
  }
  return found.filter((wall) => wall >= from && wall < to);
}

/** One piece of the time line, or with null all of it, from memory where it was asked for before. */
function remember(recurrence: Recurrence, piece: number | null): readonly WallTime[] {
  const key = JSON.stringify([recurrence.start, recurrence.rule, recurrence.timeZone, piece]);
  const known = pieces.get(key);
  if (known) return known;
  const engine = engineOf(recurrence);
  const found = (
    piece === null
      ? engine.all()
      : engine.between(new Date(piece * PIECE), new Date((piece + 1) * PIECE - 1), true)
  ).map((each) => each.epochMilliseconds);
  if (pieces.size >= PIECES_MAX) pieces.clear();
  pieces.set(key, found);
  return found;
}

/** The engine in UTC, which has no change of clocks: what it gives are times on the wall. */
function engineOf({ start, rule, timeZone }: Recurrence): RRuleTemporal {
  const onTheWall = rule.replace(/(?<=UNTIL=)[^;]+/, (value) => {
    const until = parseUntil(value);
    if (until === null) throw new RangeError(`${value} is no UNTIL`);
    return compact('wall' in until ? until.wall : wallTimeOf(until.instant, timeZone));
  });
  return new RRuleTemporal({ rruleString: `DTSTART:${compact(start)}\nRRULE:${onTheWall}`, ...BOUNDS });
}

/** `20261224T180000Z` */
function compact(wall: WallTime): string {
  return `${new Date(wall).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}
