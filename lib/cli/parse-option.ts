import { InvalidArgumentError } from 'commander';

/** A whole number of at least `min`, as an option's value. */
export function parseWhole(min: number, max = 2 ** 31 - 1): (text: string) => number {
  return (text) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** An ISO 8601 date or time (UTC where it names no zone) as seconds since 1970. */
export function parseIsoSeconds(text: string): number {
  const match = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  const zoned = match?.[1] && !match[4] ? `${text}Z` : text;
  const milliseconds = match ? Date.parse(zoned) : Number.NaN;
  if (milliseconds >= 0) return Math.floor(milliseconds / 1000);
  throw new InvalidArgumentError('It must be a time such as 2026-11-20T12:00:00Z.');
}

/** `key=value`, collected; a key given twice is refused. */
export function collectPairs(text: string, previous: ReadonlyMap<string, string> = new Map()) {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must have the form key=value.');
  const key = text.slice(0, at);
  if (previous.has(key)) throw new InvalidArgumentError(`The key ${key} is given twice.`);
  return new Map(previous).set(key, text.slice(at + 1));
}

/** An option that may be given several times. */
export function collect(text: string, previous: readonly string[] = []): string[] {
  return [...previous, text];
}
