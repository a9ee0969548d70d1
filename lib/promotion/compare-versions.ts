/**
 * Compares two versions as rpm does (`rpmvercmp`): runs of digits by their value, runs of letters by their bytes, a number
 * is newer than letters, whatever stands between them only separates. `~` is older than nothing at all (`1.0~rc1` before
 * `1.0`), `^` newer than the end and older than anything else. dpkg orders the same but for letters against numbers.
 *
 * @returns below 0 where `a` is older, above 0 where it is newer, 0 where neither is
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; ; at++) {
    const [one, other] = [left[at], right[at]];
    if (one === undefined && other === undefined) return 0;
    const order = compareParts(one, other);
    if (order !== 0) return order;
  }
}

function partsOf(version: string): string[] {
  return version.match(/[0-9]+|[A-Za-z]+|[~^]/g) ?? [];
}

function compareParts(a: string | undefined, b: string | undefined): number {
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (a === undefined || b === undefined || a === b) return 0;
  if (rankA === NUMBER) return compareNumbers(a, b);
  return a < b ? -1 : 1;
}

const NUMBER = 4;

/** `~`, the end, `^`, letters, digits. */
function rankOf(part: string | undefined): number {
  if (part === undefined) return 1;
  if (part === '~') return 0;
  if (part === '^') return 2;
  return /^[0-9]/.test(part) ? NUMBER : 3;
}

/** By value and of any length: a date with a time has more digits than a number holds exactly. */
function compareNumbers(a: string, b: string): number {
  const [one, other] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (one.length !== other.length) return one.length - other.length;
  return one === other ? 0 : one < other ? -1 : 1;
}
