/** `ignoreBOM` keeps a leading U+FEFF, which would else vanish from a name without a trace. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Longest that UTF-8 makes of one unit of a JavaScript string. */
export const UTF8_BYTES_MAX = 3;

const OBJECT_PATH = /^\/(?:[A-Za-z0-9_]+(?:\/[A-Za-z0-9_]+)*)?$/;

/**
 * Decodes `bytes[start, end)` as UTF-8, strictly.
 * @returns null where it is not valid UTF-8
 */
export function decodeUtf8(bytes: Buffer, start: number, end: number): string | null {
  for (let i = start; i < end; i++) {
    if ((bytes[i] as number) >= 0x80) return decodeStrictly(bytes.subarray(start, end));
  }
  return bytes.toString('latin1', start, end);
}

/** Whether `text` is a D-Bus object path (GVariant's `o`). */
export function isObjectPath(text: string): boolean {
  return OBJECT_PATH.test(text);
}

function decodeStrictly(view: Uint8Array): string | null {
  try {
    return strictUtf8.decode(view);
  } catch {
    return null;
  }
}
