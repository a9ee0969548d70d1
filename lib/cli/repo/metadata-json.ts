import { type Dict, printVariant, type Value } from '../../gvariant';

/** What JSON can say of a metadata value. */
type Json = string | number | boolean | Json[];

/**
 * Commit metadata as JSON, by key: strings, numbers and booleans as themselves, 64-bit integers as
 * decimal strings, byte arrays in base64, arrays of those as arrays; anything else as GVariant text.
 */
export function toMetadataJson(metadata: Dict): Record<string, Json> {
  const entries = [...metadata].map(([key, variant]): [string, Json] => [
    key,
    toJson(variant.type, variant.value),
  ]);
  return Object.fromEntries(entries);
}

function toJson(type: string, value: Value): Json {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : printVariant(type, value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) && /^a[sobnqiuxtdyg]$/.test(type)) {
    return value.map((item) => toJson(type.slice(1), item));
  }
  return printVariant(type, value);
}
