import { GVariantError } from './error';
import type { TextNode } from './read-text';
import { parseType, type TypeNode } from './type';

/** What is known of a type: all of it, or what a number, a text or an empty array leaves open. */
export type Pattern =
  | { readonly kind: 'any' | 'integer' | 'text' | 'variant' }
  | { readonly kind: 'basic'; readonly type: string }
  | { readonly kind: 'array' | 'maybe'; readonly member: Pattern }
  | { readonly kind: 'tuple'; readonly members: readonly Pattern[] }
  | { readonly kind: 'entry'; readonly key: Pattern; readonly value: Pattern };

const ANY: Pattern = { kind: 'any' };
const NUMBERS = 'ynqiuhxtd';
const TEXTS = 'sog';

/**
 * What text says of its own type.
 * @throws GVariantError `text-invalid` where the parts of an array are of different types, or a type does not suit
 */
export function patternOf(node: TextNode): Pattern {
  switch (node.kind) {
    case 'boolean':
      return { kind: 'basic', type: 'b' };
    case 'number':
      return isFloat(node.text) ? { kind: 'basic', type: 'd' } : { kind: 'integer' };
    case 'string':
      return { kind: 'text' };
    case 'bytes':
      return { kind: 'array', member: { kind: 'basic', type: 'y' } };
    case 'variant':
      return { kind: 'variant' };
    case 'maybe':
      return { kind: 'maybe', member: node.child === null ? ANY : patternOf(node.child) };
    case 'array':
      return { kind: 'array', member: unifyAll(node.items.map(patternOf)) };
    case 'tuple':
      return { kind: 'tuple', members: node.items.map(patternOf) };
    case 'entry':
      return { kind: 'entry', key: patternOf(node.key), value: patternOf(node.value) };
    case 'dict': {
      const key = unifyAll(node.entries.map(([one]) => patternOf(one)));
      const value = unifyAll(node.entries.map(([, one]) => patternOf(one)));
      return { kind: 'array', member: node.entries.length === 0 ? ANY : { kind: 'entry', key, value } };
    }
    case 'typed':
      return unify(fromType(parseType(node.type)), patternOf(node.child));
  }
}

/** @throws GVariantError `text-invalid` where nothing says what an empty array or `nothing` is of */
export function resolvePattern(pattern: Pattern): string {
  switch (pattern.kind) {
    case 'any':
      throw new GVariantError('text-invalid', 'its type is not said: begin it with one, as in "@as []"');
    case 'integer':
      return 'i';
    case 'text':
      return 's';
    case 'variant':
      return 'v';
    case 'basic':
      return pattern.type;
    case 'array':
      return `a${resolvePattern(pattern.member)}`;
    case 'maybe':
      return `m${resolvePattern(pattern.member)}`;
    case 'tuple':
      return `(${pattern.members.map(resolvePattern).join('')})`;
    case 'entry':
      return `{${resolvePattern(pattern.key)}${resolvePattern(pattern.value)}}`;
  }
}

/** `1.0`, `1e3`, `inf`: not `0x1e3`. */
function isFloat(text: string): boolean {
  return /[.]|inf|nan/.test(text) || (/[eE]/.test(text) && !/^[-+]?0[xX]/.test(text));
}

function fromType(type: TypeNode): Pattern {
  const [first, second] = type.members as [TypeNode, TypeNode];
  switch (type.kind) {
    case 'v':
      return { kind: 'variant' };
    case 'a':
      return { kind: 'array', member: fromType(first) };
    case 'm':
      return { kind: 'maybe', member: fromType(first) };
    case '(':
      return { kind: 'tuple', members: type.members.map(fromType) };
    case '{':
      return { kind: 'entry', key: fromType(first), value: fromType(second) };
    default:
      return { kind: 'basic', type: type.kind };
  }
}

function unifyAll(patterns: readonly Pattern[]): Pattern {
  return patterns.reduce(unify, ANY);
}

/** What both patterns say together. */
function unify(a: Pattern, b: Pattern): Pattern {
  if (b.kind === 'any') return a;
  if (a.kind === 'any') return b;
  if (a.kind === 'maybe' && b.kind !== 'maybe') return { kind: 'maybe', member: unify(a.member, b) };
  if (b.kind === 'maybe' && a.kind !== 'maybe') return { kind: 'maybe', member: unify(a, b.member) };
  if (a.kind === 'basic') return unifyBasic(a.type, b);
  if (b.kind === 'basic') return unifyBasic(b.type, a);
  if ((a.kind === 'array' || a.kind === 'maybe') && b.kind === a.kind)
    return { kind: a.kind, member: unify(a.member, b.member) };
  if (a.kind === 'entry' && b.kind === 'entry')
    return { kind: 'entry', key: unify(a.key, b.key), value: unify(a.value, b.value) };
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.members.length === b.members.length)
    return { kind: 'tuple', members: a.members.map((member, at) => unify(member, b.members[at] as Pattern)) };
  if (a.kind === b.kind && (a.kind === 'integer' || a.kind === 'text' || a.kind === 'variant')) return a;
  throw mismatch();
}

function unifyBasic(type: string, other: Pattern): Pattern {
  const isSame =
    (other.kind === 'basic' && other.type === type) ||
    (other.kind === 'integer' && NUMBERS.includes(type)) ||
    (other.kind === 'text' && TEXTS.includes(type));
  if (isSame) return { kind: 'basic', type };
  throw mismatch();
}

function mismatch(): GVariantError {
  return new GVariantError('text-invalid', 'it does not have the type that it should have');
}
