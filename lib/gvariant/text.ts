/** `ignoreBOM` keeps a leading U+FEFF, which would else vanish from a name without a trace. */
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const OBJECT_PATH = /^\/(?:[A-Za-z0-9_]+(?:\/[A-Za-z0-9_]+)*)?$/;

/**
 * Decodes `bytes[start, end)` as UTF-8, strictly.
 * @returns null where it is not valid UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  for (let i = 0; i < view.length; i++) {
    if ((view[i] as number) >= 0x80) return decodeStrictly(view);
  }
  return view.toString('latin1');
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
