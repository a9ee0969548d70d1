/**
 * "2026-11-27 18:00 UTC": a time for a line of text, which has no zone of a reader.
 * @param at ISO 8601 in UTC, a Date, or milliseconds since 1970
 */
export function utcMinute(at: string | Date | number): string {
  const iso = typeof at === 'string' ? at : new Date(at).toISOString();
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
