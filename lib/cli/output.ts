import { writeSync } from 'node:fs';
import { errnoOf } from '../errors';
import { escapeLine } from './terminal-text';

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
  if (lines.length > 0) writeAll(STDOUT, Buffer.from(`${lines.map(escapeLine).join('\n')}\n`));
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

/**
 * Writes all of `bytes`. Synchronous, so that nothing is lost when the process ends, and so that a
 * long listing waits for a slow reader instead of filling memory.
 * @throws the system error, `EPIPE` where the reader has gone
 */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      // A pipe that another program made non-blocking, and that is full.
      if (errnoOf(error) !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
