/** A value with its own type, GVariant's `v`. */
export interface Variant {
  readonly type: string;
  readonly value: Value;
}

/** A maybe that holds something; nothing is `null`. */
export interface Just {
  readonly just: Value;
}

/**
 * Stands for a value that is serialised already, in normal form, where one is to be written: for whoever has thousands of one
 * shape, and writes them without making values of them first. Its maker answers for the type, and that it begins at a multiple
 * of 8.
 */
export class Serialized {
  constructor(readonly bytes: Uint8Array) {}
}

/**
 * A GVariant as a JavaScript value, read beside its type string:
 * `b` boolean; `y n q i u h d` number; `x t` bigint; `s o g` string; `v` {@link Variant};
 * `ay` Uint8Array (a view of the bytes that were parsed); other arrays and tuples Value[];
 * a dict entry the pair [key, value]; `m` null or {@link Just}. Never {@link Serialized}, which is only written.
 */
export type Value =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | null
  | Value[]
  | Variant
  | Just
  | Serialized;

/** Byte order of integers and doubles. Framing offsets are little-endian in either. */
export type Endian = 'little' | 'big';
