import type { Value } from '../../gvariant';
import { corrupt } from './format-error';
import { limits } from './limits';

/** An extended attribute. The name is bytes without the zero byte that ends it on disk. */
export interface Xattr {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Checks a parsed `a(ayay)`: names end with their only zero byte and are sorted and unique.
 * @throws AppError `ostree/object-corrupt`
 * @see libostree `_ostree_validate_structureof_xattrs`
 */
export function xattrsFromValue(value: Value): Xattr[] {
  const xattrs: Xattr[] = [];
  let previous: Uint8Array | null = null;
  for (const [terminated, content] of value as [Uint8Array, Uint8Array][]) {
    const name = terminated.subarray(0, -1);
    if (terminated.indexOf(0) !== terminated.length - 1 || name.length === 0) {
      throw corrupt('the name of an extended attribute is malformed');
    }
    if (name.length > limits.xattrNameBytesMax)
      throw corrupt('the name of an extended attribute is too long');
    if (previous !== null && Buffer.compare(previous, name) >= 0) {
      throw corrupt('extended attributes are not sorted and unique');
    }
    xattrs.push({ name, value: content });
    previous = name;
  }
  return xattrs;
}

/** The `a(ayay)` value of `xattrs`, sorted by name. */
export function xattrsToValue(xattrs: readonly Xattr[]): Value {
  const sorted = [...xattrs].sort((a, b) => Buffer.compare(a.name, b.name));
  return sorted.map(({ name, value }): Value => {
    const terminated = new Uint8Array(name.length + 1);
    terminated.set(name);
    return [terminated, value];
  });
}
