/** A part of a file, both ends included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Parses a `Range` header (RFC 9110, 14.2) against a file of `sizeBytes`.
 *
 * @returns the one range asked for; `whole` where the header is absent, malformed, of another unit or asks for
 *   several ranges (it may then be ignored); `unsatisfiable` where it begins behind the end
 */
export function parseRange(
  header: string | undefined,
  sizeBytes: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = header === undefined ? null : /^bytes=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(header);
  if (!match) return 'whole';
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return 'whole';
  if (from === '') {
    const length = Math.min(Number(to), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { first: sizeBytes - length, last: sizeBytes - 1 };
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return 'whole';
  if (first >= sizeBytes) return 'unsatisfiable';
  return { first, last: to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1) };
}
