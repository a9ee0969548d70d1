import { GVariantError } from './error';
import { patternOf, resolvePattern } from './infer-type';
import { assertSignature } from './parse';
import { readText, type TextNode } from './read-text';
import { isObjectPath } from './text';
import { parseType, type TypeNode } from './type';
import type { Value, Variant } from './value';

/** Bounds of integers, by type. */
const RANGES: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
  ['y', [0n, 0xffn]],
  ['n', [-0x8000n, 0x7fffn]],
  ['q', [0n, 0xffffn]],
  ['i', [-0x80000000n, 0x7fffffffn]],
  ['h', [-0x80000000n, 0x7fffffffn]],
  ['u', [0n, 0xffffffffn]],
  ['x', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['t', [0n, 2n ** 64n - 1n]],
]);
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/;
const FLOAT = /^[-+]?(?:inf|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)$/;

/**
 * A value in GVariant's text format, with the type that it states or that follows from it: `'text'`, `uint64 5`,
 * `[1, 2]`, `{'a': <true>}`, `@as []`. What `printVariant` prints is read back as what it was.
 * @throws GVariantError `text-invalid` naming the place, or the type that does not suit; `type-invalid`, `too-deep`
 * @see GLib `g_variant_parse`
 */
export function parseVariantText(text: string): Variant {
  const node = readText(text);
  const type = resolvePattern(patternOf(node));
  return { type, value: build(node, parseType(type)) };
}

function build(node: TextNode, type: TypeNode): Value {
  // A value stands for a maybe that holds it, as in `[1, nothing]`.
  if (type.kind === 'm' && node.kind !== 'maybe' && node.kind !== 'typed')
    return { just: build(node, memberOf(type)) };
  switch (node.kind) {
    case 'typed':
      if (type.kind === 'm' && node.type !== type.text) return { just: build(node, memberOf(type)) };
      return build(node.child, type);
    case 'maybe':
      return node.child === null ? null : { just: build(node.child, memberOf(type)) };
    case 'variant':
      return buildVariant(node.child);
    case 'boolean':
      return node.value;
    case 'number':
      return buildNumber(node.text, type);
    case 'string':
      return buildString(node.text, type);
    case 'bytes':
      return node.bytes;
    case 'array':
      return buildArray(node.items, memberOf(type));
    case 'tuple':
      return node.items.map((item, at) => build(item, type.members[at] as TypeNode));
    case 'entry':
      return buildEntry([node.key, node.value], type);
    case 'dict':
      return node.entries.map((entry) => buildEntry(entry, memberOf(type)));
  }
}

function buildVariant(child: TextNode): Variant {
  const type = resolvePattern(patternOf(child));
  return { type, value: build(child, parseType(type)) };
}

function buildArray(items: readonly TextNode[], element: TypeNode): Value {
  const values = items.map((item) => build(item, element));
  return element.kind === 'y' ? new Uint8Array(values as number[]) : values;
}

function buildEntry([key, value]: readonly [TextNode, TextNode], type: TypeNode): Value {
  return [build(key, type.members[0] as TypeNode), build(value, type.members[1] as TypeNode)];
}

function buildNumber(text: string, { kind }: TypeNode): number | bigint {
  if (kind === 'd') {
    if (/^[-+]?0[0-7xX]/.test(text) && INTEGER.test(text)) return Number(parseInteger(text));
    if (!FLOAT.test(text)) throw invalid(`${text} is no number`);
    return Number(text.replace(/inf$/, 'Infinity').replace(/^[-+]?nan$/, 'NaN'));
  }
  const range = RANGES.get(kind);
  if (range === undefined || !INTEGER.test(text)) throw invalid(`${text} is no number of type ${kind}`);
  const value = parseInteger(text);
  if (value < range[0] || value > range[1]) throw invalid(`${text} is out of range for type ${kind}`);
  return kind === 'x' || kind === 't' ? value : Number(value);
}

/** Decimal, hexadecimal (`0x`) or octal (`0`), as C has it. */
function parseInteger(text: string): bigint {
  const [, sign, digits] = INTEGER.exec(text) as unknown as [string, string | undefined, string];
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  return sign === '-' ? -value : value;
}

function buildString(text: string, { kind }: TypeNode): string {
  if (kind === 'o' && !isObjectPath(text)) throw invalid(`${JSON.stringify(text)} is no object path`);
  if (kind === 'g') assertSignature(text);
  return text;
}

function memberOf(type: TypeNode): TypeNode {
  return type.members[0] as TypeNode;
}

function invalid(why: string): GVariantError {
  return new GVariantError('text-invalid', why);
}
