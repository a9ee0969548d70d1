import { isUtf8 } from 'node:buffer';
import { AppError } from '../../errors';
import { limits } from './limits';

/**
 * Why `name` may not be an entry of a dirtree, or null if it may. Stricter than libostree's
 * `ot_util_filename_validate`, which takes empty and over-long names.
 */
export function fileNameProblem(name: string): string | null {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'is . or ..';
  if (name.includes('/')) return 'holds a slash';
  if (name.includes('\0')) return 'holds a zero byte';
  if (/\p{Surrogate}/u.test(name)) return 'is not valid UTF-8';
  if (Buffer.byteLength(name) > limits.fileNameBytesMax) return 'is longer than 255 bytes';
  return null;
}

/**
 * Splits a path inside a tree into its names. Leading, trailing and doubled slashes count for nothing.
 * @throws AppError `ostree/path-invalid` for `.`, `..` and names that no tree can hold
 */
export function parseTreePath(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  for (const name of names) {
    const problem = fileNameProblem(name);
    if (problem !== null) {
      throw new AppError('ostree/path-invalid', `the path is invalid: a name in it ${problem}`, {
        details: { path },
      });
    }
  }
  return names;
}

/**
 * Checks a dirtree entry's name in `bytes[start, end)`, as fileNameProblem does, without making a string of it.
 * @returns how it is encoded, or null where it is not allowed
 */
export function fileNameEncoding(bytes: Buffer, start: number, end: number): 'latin1' | 'utf8' | null {
  const length = end - start;
  if (length < 1 || length > limits.fileNameBytesMax) return null;
  let isAscii = true;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === 0 || byte === 0x2f) return null;
    if (byte >= 0x80) isAscii = false;
  }
  if (bytes[start] === 0x2e && (length === 1 || (length === 2 && bytes[start + 1] === 0x2e))) return null;
  if (isAscii) return 'latin1';
  return isUtf8(bytes.subarray(start, end)) ? 'utf8' : null;
}
