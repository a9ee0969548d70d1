import { compareUtf8 } from './compare-utf8';
import { GVariantError } from './error';
import { parseVariant } from './parse';
import { serializeVariant } from './serialize';
import type { Value, Variant } from './value';

/** An `a{sv}`, in the order in which it was read or made. */
export type Dict = Map<string, Variant>;

/**
 * Parses an `a{sv}`. No bytes at all are the empty dict, which libostree writes for empty detached metadata.
 * @throws GVariantError, `key-duplicate` where a key stands twice: readers would disagree on which one counts
 */
export function parseDict(bytes: Uint8Array): Dict {
  return dictFromValue(parseVariant('a{sv}', bytes));
}

/** Serialises an `a{sv}` with its keys in order of their bytes, so that equal dicts give equal bytes. */
export function serializeDict(dict: ReadonlyMap<string, Variant>): Uint8Array {
  return serializeVariant('a{sv}', sortedDictValue(dict));
}

/** The dict that a parsed `a{sv}` value stands for. */
export function dictFromValue(value: Value): Dict {
  const dict: Dict = new Map();
  for (const entry of value as [string, Variant][]) {
    if (dict.has(entry[0])) throw new GVariantError('key-duplicate', 'a key stands twice in a dict');
    dict.set(entry[0], entry[1]);
  }
  return dict;
}

/** The `a{sv}` value of a dict, in the map's own order. */
export function dictToValue(dict: ReadonlyMap<string, Variant>): Value {
  return Array.from(dict, ([key, variant]): Value => [key, variant]);
}

/** The `a{sv}` value of a dict, sorted by the bytes of the keys. */
export function sortedDictValue(dict: ReadonlyMap<string, Variant>): Value {
  const entries: [string, Variant][] = [];
  let isSorted = true;
  let last = '';
  for (const [key, variant] of dict) {
    isSorted &&= compareUtf8(last, key) <= 0;
    last = key;
    entries.push([key, variant]);
  }
  return isSorted ? entries : entries.sort(([a], [b]) => compareUtf8(a, b));
}
