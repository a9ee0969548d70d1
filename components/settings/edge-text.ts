/** Globs as typed, one a line or with commas between; blanks around them don't count. */
export function parseGlobs(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
}

export interface Rename {
  from: string;
  to: string;
}

/**
 * Renames as typed, `from = to` or `from -> to`, one a line.
 * @returns the renames, or a sentence about the first line that is none
 */
export function parseRenames(text: string): Rename[] | string {
  const renames: Rename[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const parts = line.split(/=|->|→/).map((part) => part.trim());
    const [from, to] = parts;
    if (parts.length !== 2 || !from || !to) return `“${line.trim()}” isn’t of the form old/name = new/name.`;
    renames.push({ from, to });
  }
  return renames;
}

/** Renames as they are typed. */
export function printRenames(renames: readonly Rename[]): string {
  return renames.map(({ from, to }) => `${from} = ${to}`).join('\n');
}
