/** What canonical JSON can hold: no undefined, no fraction, no NaN. */
export type CanonicalValue =
  | null
  | boolean
  | number
  | string
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/**
 * The one JSON text of `value`, for hashing: keys in code unit order, no white space, integers only, strings
 * escaped as JSON.stringify does (RFC 8785 for this subset). Equal values have equal texts.
 *
 * @throws TypeError for anything that has no canonical text: undefined, fractions, lone surrogates
 */
export function canonicalJson(value: CanonicalValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value))
      throw new TypeError('a string with a lone surrogate has no canonical JSON');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`the number ${value} has no canonical JSON`);
    return String(value === 0 ? 0 : value);
  }
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no canonical JSON`);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${canonicalJson(key)}:${canonicalJson(item)}`).join(',')}}`;
}

function isArray(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
