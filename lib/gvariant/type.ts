import { GVariantError } from './error';

/** Deepest nesting of containers that is parsed or written, variants counted (GLib allows 128). */
export const DEPTH_MAX = 64;

export type BasicKind = 'b' | 'y' | 'n' | 'q' | 'i' | 'u' | 'x' | 't' | 'h' | 'd' | 's' | 'o' | 'g';
export type ContainerKind = 'a' | 'm' | '(' | '{' | 'v';

/** A parsed type string. */
export interface TypeNode {
  readonly kind: BasicKind | ContainerKind;
  /** The type string of this node. */
  readonly text: string;
  readonly alignment: 1 | 2 | 4 | 8;
  /** Size in bytes of every value of this type, 0 where it varies. */
  readonly fixedSize: number;
  /** Members of a tuple or dict entry, the one element of an array or maybe. */
  readonly members: readonly TypeNode[];
  /** How many framing offsets a tuple or dict entry of this type ends with. */
  readonly offsetCount: number;
}

/** Longest type string that is read; the ones in OSTree's formats stay below 30 characters. */
const TEXT_LENGTH_MAX = 4096;

const BASIC: ReadonlyMap<string, TypeNode> = new Map(
  (
    [
      ['b', 1, 1],
      ['y', 1, 1],
      ['n', 2, 2],
      ['q', 2, 2],
      ['i', 4, 4],
      ['u', 4, 4],
      ['h', 4, 4],
      ['x', 8, 8],
      ['t', 8, 8],
      ['d', 8, 8],
      ['s', 1, 0],
      ['o', 1, 0],
      ['g', 1, 0],
    ] as const
  ).map(([kind, alignment, fixedSize]) => [
    kind,
    { kind, text: kind, alignment, fixedSize, members: [], offsetCount: 0 },
  ]),
);

const CACHE_MAX = 512;
/** Types come from hostile bytes too (each variant carries one), so the cache is bounded in entries and length. */
const cache = new Map<string, TypeNode>();

/**
 * Parses a type string that must hold exactly one definite type.
 * @throws GVariantError `type-invalid`, `too-deep`
 */
export function parseType(text: string): TypeNode {
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (text.length > TEXT_LENGTH_MAX) {
    throw new GVariantError('type-invalid', `a type string is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  const cursor = { text, at: 0 };
  const node = parseOne(cursor, 0);
  if (cursor.at !== text.length)
    throw new GVariantError('type-invalid', 'a type string holds more than one type');
  if (text.length <= 64) {
    if (cache.size >= CACHE_MAX) cache.clear();
    cache.set(text, node);
  }
  return node;
}

export function isContainer(node: TypeNode): boolean {
  return (
    node.kind === 'a' || node.kind === 'm' || node.kind === '(' || node.kind === '{' || node.kind === 'v'
  );
}

/** Rounds up to a multiple of `alignment`, a power of two. */
export function alignUp(offset: number, alignment: number): number {
  return (offset + alignment - 1) & -alignment;
}

/** Bytes of each framing offset in a container of `size` bytes. */
export function offsetSizeOf(size: number): 0 | 1 | 2 | 4 {
  if (size === 0) return 0;
  if (size <= 0xff) return 1;
  return size <= 0xffff ? 2 : 4;
}

/** The smallest offset size with which `bodySize` bytes and `count` offsets describe themselves. */
export function minimalOffsetSize(bodySize: number, count: number): 1 | 2 | 4 {
  if (bodySize + count <= 0xff) return 1;
  return bodySize + 2 * count <= 0xffff ? 2 : 4;
}

interface Cursor {
  readonly text: string;
  at: number;
}

function parseOne(cursor: Cursor, depth: number): TypeNode {
  if (depth > DEPTH_MAX) throw new GVariantError('too-deep', `a type is nested deeper than ${DEPTH_MAX}`);
  const start = cursor.at;
  const kind = cursor.text.charAt(cursor.at++);
  const basic = BASIC.get(kind);
  if (basic !== undefined) return basic;
  switch (kind) {
    case 'v':
      return { kind, text: kind, alignment: 8, fixedSize: 0, members: [], offsetCount: 0 };
    case 'a':
    case 'm': {
      const element = parseOne(cursor, depth + 1);
      const text = cursor.text.slice(start, cursor.at);
      return { kind, text, alignment: element.alignment, fixedSize: 0, members: [element], offsetCount: 0 };
    }
    case '(':
      return parseTuple(cursor, start, depth);
    case '{':
      return parseDictEntry(cursor, start, depth);
    default:
      throw new GVariantError('type-invalid', 'a type string is malformed');
  }
}

function parseTuple(cursor: Cursor, start: number, depth: number): TypeNode {
  const members: TypeNode[] = [];
  while (cursor.text.charAt(cursor.at) !== ')') members.push(parseOne(cursor, depth + 1));
  cursor.at++;
  return tupleNode('(', cursor.text.slice(start, cursor.at), members);
}

function parseDictEntry(cursor: Cursor, start: number, depth: number): TypeNode {
  const key = parseOne(cursor, depth + 1);
  const value = parseOne(cursor, depth + 1);
  if (isContainer(key) || cursor.text.charAt(cursor.at) !== '}') {
    throw new GVariantError('type-invalid', 'a dict entry needs one basic key and one value');
  }
  cursor.at++;
  return tupleNode('{', cursor.text.slice(start, cursor.at), [key, value]);
}

function tupleNode(kind: '(' | '{', text: string, members: TypeNode[]): TypeNode {
  let alignment: 1 | 2 | 4 | 8 = 1;
  let size = 0;
  let isFixed = true;
  let offsetCount = 0;
  members.forEach((member, index) => {
    if (member.alignment > alignment) alignment = member.alignment;
    size = alignUp(size, member.alignment) + member.fixedSize;
    if (member.fixedSize > 0) return;
    isFixed = false;
    if (index < members.length - 1) offsetCount++;
  });
  // The unit tuple takes one byte, so that an array of it has a length.
  const fixedSize = isFixed ? Math.max(1, alignUp(size, alignment)) : 0;
  return { kind, text, alignment, fixedSize, members, offsetCount };
}
