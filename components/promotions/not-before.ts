/** What is typed as a time to begin: none, a time as the API takes it, or what is wrong with it. */
export type NotBefore = { iso: string | undefined; error: string | null };

/**
 * Reads what a `datetime-local` input holds, in the reader's own zone.
 * @param nowMs milliseconds since 1970
 */
export function readNotBefore(text: string, nowMs: number): NotBefore {
  if (text === '') return { iso: undefined, error: null };
  const at = new Date(text).getTime();
  if (Number.isNaN(at)) return { iso: undefined, error: 'Give a date and a time.' };
  if (at <= nowMs) return { iso: undefined, error: 'This time has passed; choose a later one or none.' };
  return { iso: new Date(at).toISOString(), error: null };
}
