/** Whether each word of `filter` stands somewhere in one of `texts`, case aside. */
export function matches(filter: string, ...texts: ReadonlyArray<string | null>): boolean {
  const words = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const haystack = texts.map((text) => (text ?? '').toLowerCase());
  return words.every((word) => haystack.some((text) => text.includes(word)));
}
