import { GVariantError } from './error';
import { decodeUtf8 } from './text';
import { alignUp, offsetSizeOf } from './type';

/**
 * Where a member of the tuple that `bytes` are ends, which is not the last and varies in size.
 * @param nth counts such members, from 1
 * @throws GVariantError `offset-invalid` where the tuple is too short for that
 */
export function memberEnd(bytes: Buffer, nth: number): number {
  const size = bytes.length;
  const width = offsetSizeOf(size);
  if (width === 0 || nth * width > size) return outside();
  const end = bytes.readUIntLE(size - nth * width, width);
  return end <= size ? end : outside();
}

/**
 * The string under `key` in the `a{sv}` in `[start, end)`, the first where there are several; null where there is none, or
 * something else than a string. Nothing is made of what is passed on the way, whose framing has to lead from one entry to the
 * next and is not looked at beyond that: whoever asks the same of thousands waits for nothing else.
 * @param key of ASCII
 * @throws GVariantError `offset-invalid`, `string-invalid`
 * @see GLib `g_variant_lookup` with the format `s`
 */
export function lookupString(bytes: Buffer, start: number, end: number, key: string): string | null {
  if (end <= start) return null;
  const width = offsetSizeOf(end - start) as 1 | 2 | 4;
  const bodyEnd = start + bytes.readUIntLE(end - width, width);
  if (bodyEnd >= end) return outside();
  let at = start;
  for (let table = bodyEnd; table + width <= end; table += width) {
    const entryStart = alignUp(at, 8);
    at = start + bytes.readUIntLE(table, width);
    if (at <= entryStart || at > bodyEnd) return outside();
    const entryWidth = offsetSizeOf(at - entryStart) as 1 | 2 | 4;
    const keyEnd = entryStart + bytes.readUIntLE(at - entryWidth, entryWidth);
    const isKey = keyEnd === entryStart + key.length + 1 && startsWith(bytes, entryStart, key);
    if (isKey) return stringIn(bytes, alignUp(keyEnd, 8), at - entryWidth);
  }
  return null;
}

function startsWith(bytes: Buffer, at: number, key: string): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[at + i] !== key.charCodeAt(i)) return false;
  return true;
}

/** The string that the variant in `[start, end)` is; null where it is something else. */
function stringIn(bytes: Buffer, start: number, end: number): string | null {
  // The text, a zero byte, another that ends the value, and the type.
  if (bytes[end - 1] !== 0x73 || bytes[end - 2] !== 0) return null;
  const text = end - start < 3 || bytes[end - 3] !== 0 ? null : decodeUtf8(bytes, start, end - 3);
  if (text === null || text.includes('\0'))
    throw new GVariantError('string-invalid', 'a string is not valid UTF-8, or not ended by a zero byte');
  return text;
}

function outside(): never {
  throw new GVariantError('offset-invalid', 'a child ends outside its container');
}
