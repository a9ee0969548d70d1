/**
 * Strings from a repository, a path or an error as they may be shown on a terminal: what would move
 * the cursor, change colours, break the line or reorder the text is written as an escape instead.
 */

/** C0, C1 and DEL; zero-width and bidirectional controls; line and paragraph separators; lone surrogates. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `text` on one line, safe on a terminal. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return SHORT[character] ?? `\\u{${code.toString(16)}}`;
  });
}

/** What needs no second look: printable ASCII, and the ends of lines. */
const PLAIN_LINES = /^[\n\x20-\x7e]*$/;

/** Lines, each as `escapeLine` gives it, one below the other. Thousands of plain ones are looked at in one go. */
export function joinEscaped(lines: readonly string[]): string {
  const joined = lines.join('\n');
  // A line that holds the end of a line would come out as two.
  const isPlain = PLAIN_LINES.test(joined) && !lines.some((line) => line.includes('\n'));
  return isPlain ? joined : lines.map(escapeLine).join('\n');
}

/** The lines of `text`, each safe on a terminal; a final newline makes no empty line. */
export function escapeLines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n').map(escapeLine);
}
