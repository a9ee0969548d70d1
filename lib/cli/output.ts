import { escapeLine, joinEscaped } from './terminal-text';
import { writeAll } from './write-all';

const STDOUT = 1;
const STDERR = 2;

/** Prints one JSON document. What JSON allows bare but a terminal would obey is escaped. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeAll(STDOUT, Buffer.from(`${text}\n`));
}

/** Prints lines, each made safe for a terminal. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) writeAll(STDOUT, Buffer.from(`${joinEscaped(lines)}\n`));
}

/** Prints rows as columns, each as wide as its widest cell. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const safe = rows.map((row) => row.map(escapeLine));
  const widths = safe.reduce<number[]>(
    (widest, row) => row.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)),
    [],
  );
  printLines(
    safe.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  );
}

/** Prints one line of notice or error on stderr, made safe for a terminal. */
export function printNotice(line: string): void {
  writeAll(STDERR, Buffer.from(`${escapeLine(line)}\n`));
}
