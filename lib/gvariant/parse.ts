import { GVariantError } from './error';
import { decodeUtf8, isObjectPath } from './text';
import {
  alignUp,
  DEPTH_MAX,
  isContainer,
  minimalOffsetSize,
  offsetSizeOf,
  parseType,
  type TypeNode,
} from './type';
import type { Endian, Value } from './value';

export interface ParseOptions {
  /** Byte order of integers and doubles; little unless told otherwise. */
  endian?: Endian;
  /**
   * Most values, containers counted, that one parse may make: a million and one for eight bytes unless told, since
   * nested tuples of no members make sixty of a single byte.
   */
  maxValues?: number;
}

/** Keeps every offset, aligned up, within the 32 bits that `alignUp` works in. */
const SIZE_BYTES_MAX = 0x4000_0000;
const VALUES_FREE = 1_000_000;
const BYTES_FOR_EACH_VALUE = 8;
/** The quiet NaN, sign and payload zero. */
export const NAN_BITS = 0x7ff8_0000_0000_0000n;

/** One container that is being read. Offsets are relative to the whole value. */
class Frame {
  readonly type: TypeNode;
  /** The type of a variant's child. */
  readonly childType: TypeNode | null;
  readonly start: number;
  readonly end: number;
  /** Where the children end and framing offsets (or a maybe's zero byte) begin. */
  readonly dataEnd: number;
  readonly offsetSize: number;
  readonly count: number;
  readonly values: Value[];
  next = 0;
  nextOffset = 0;
  cursor: number;

  constructor(
    type: TypeNode,
    start: number,
    end: number,
    count: number,
    dataEnd = end,
    offsetSize = 0,
    childType: TypeNode | null = null,
  ) {
    this.type = type;
    this.childType = childType;
    this.start = start;
    this.end = end;
    this.dataEnd = dataEnd;
    this.offsetSize = offsetSize;
    this.count = count;
    // An array grows as it is read. The rest is short: exact, since a list that has room to grow takes thrice the memory.
    this.values = type.kind === 'a' ? [] : new Array(count);
    this.cursor = start;
  }
}

interface Source {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly isLittle: boolean;
}

function sourceOf(bytes: Uint8Array, isLittle: boolean): Source {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    isLittle,
  };
}

/**
 * Parses `bytes` as a value of `type`, insisting on normal form: padding is zero, framing offsets are in order
 * and as small as they can be, nothing overlaps and nothing is left over, so that two different byte sequences
 * never mean the same. Iterative; `ay` values are views of `bytes`.
 * @throws GVariantError
 * @see GLib `g_variant_is_normal_form`, and the GVariant specification, "Deserialising non-normal data"
 */
export function parseVariant(type: string, bytes: Uint8Array, options: ParseOptions = {}): Value {
  if (bytes.length > SIZE_BYTES_MAX) throw new GVariantError('too-large', 'the value is larger than 1 GiB');
  const root = parseType(type);
  if (root.fixedSize > 0 && bytes.length !== root.fixedSize) {
    throw new GVariantError(
      'size-wrong',
      `${root.fixedSize} bytes were expected and ${bytes.length} are there`,
    );
  }
  const source = sourceOf(bytes, options.endian !== 'big');
  if (isLeaf(root)) return readLeaf(source, root, 0, bytes.length);
  const maxValues = VALUES_FREE + Math.floor(bytes.length / BYTES_FOR_EACH_VALUE);
  return readContainer(source, root, options.maxValues ?? maxValues);
}

/**
 * The bytes of one member of a tuple, as a view, for whoever has no use for the others: those are not looked at. What is
 * given is a value of the member's type as far as `parseVariant` finds it to be one.
 * @throws GVariantError where it does not lie inside the tuple
 */
export function tupleMember(type: string, bytes: Uint8Array, index: number): Uint8Array {
  if (bytes.length > SIZE_BYTES_MAX) throw new GVariantError('too-large', 'the value is larger than 1 GiB');
  const source = sourceOf(bytes, true);
  const frame = openTuple(parseType(type), 0, bytes.length);
  for (;;) {
    const member = childTypeOf(frame);
    const start = alignUp(frame.cursor, member.alignment);
    const end = childEnd(source, frame, member, start);
    if (start > frame.dataEnd || end < start || end > frame.dataEnd) {
      throw new GVariantError('offset-invalid', 'a member lies outside its tuple');
    }
    if (frame.next === index) return bytes.subarray(start, end);
    frame.cursor = end;
    frame.next++;
  }
}

/** `ay` is read at once, as basic values are. */
function isLeaf(type: TypeNode): boolean {
  return !isContainer(type) || (type.kind === 'a' && type.members[0]?.kind === 'y');
}

function readContainer(source: Source, root: TypeNode, maxValues: number): Value {
  let frame = openFrame(source, root, 0, source.bytes.length);
  const stack: Frame[] = [frame];
  let budget = maxValues;
  for (;;) {
    if (frame.next === frame.count) {
      const value = closeFrame(source, frame);
      stack.pop();
      const parent = stack.at(-1);
      if (parent === undefined) return value;
      parent.values[parent.next - 1] = value;
      frame = parent;
      continue;
    }
    if (--budget < 0) throw new GVariantError('too-many-values', `it holds more than ${maxValues} values`);
    const type = childTypeOf(frame);
    const start = alignUp(frame.cursor, type.alignment);
    if (start > frame.dataEnd)
      throw new GVariantError('offset-invalid', 'a child begins beyond its container');
    assertZero(source.bytes, frame.cursor, start);
    const end = childEnd(source, frame, type, start);
    if (end < start || end > frame.dataEnd) {
      throw new GVariantError('offset-invalid', 'a child ends outside its container');
    }
    frame.cursor = end;
    frame.next++;
    if (isLeaf(type)) {
      frame.values[frame.next - 1] = readLeaf(source, type, start, end);
      continue;
    }
    if (stack.length >= DEPTH_MAX)
      throw new GVariantError('too-deep', `it is nested deeper than ${DEPTH_MAX}`);
    frame = openFrame(source, type, start, end);
    stack.push(frame);
  }
}

function childTypeOf(frame: Frame): TypeNode {
  if (frame.childType !== null) return frame.childType;
  const { kind, members } = frame.type;
  return (kind === 'a' || kind === 'm' ? members[0] : members[frame.next]) as TypeNode;
}

function childEnd(source: Source, frame: Frame, type: TypeNode, start: number): number {
  if (type.fixedSize > 0) return start + type.fixedSize;
  switch (frame.type.kind) {
    case 'a':
      return (
        frame.start +
        readOffset(source.bytes, frame.dataEnd + frame.next * frame.offsetSize, frame.offsetSize)
      );
    case '(':
    case '{': {
      if (frame.next === frame.count - 1) return frame.dataEnd;
      // A tuple's offsets stand in reverse order at its end.
      frame.nextOffset++;
      return (
        frame.start +
        readOffset(source.bytes, frame.end - frame.nextOffset * frame.offsetSize, frame.offsetSize)
      );
    }
    default:
      return frame.dataEnd;
  }
}

function openFrame(source: Source, type: TypeNode, start: number, end: number): Frame {
  switch (type.kind) {
    case 'a':
      return openArray(source, type, start, end);
    case 'm':
      return openMaybe(source, type, start, end);
    case 'v':
      return openVariant(source, type, start, end);
    default:
      return openTuple(type, start, end);
  }
}

function openArray(source: Source, type: TypeNode, start: number, end: number): Frame {
  const size = end - start;
  const element = type.members[0] as TypeNode;
  if (size === 0) return new Frame(type, start, end, 0);
  if (element.fixedSize > 0) {
    if (size % element.fixedSize !== 0) {
      throw new GVariantError('size-wrong', 'an array does not hold a whole number of elements');
    }
    return new Frame(type, start, end, size / element.fixedSize);
  }
  const offsetSize = offsetSizeOf(size);
  const bodySize = readOffset(source.bytes, end - offsetSize, offsetSize);
  const tableSize = size - bodySize;
  if (tableSize <= 0 || tableSize % offsetSize !== 0) {
    throw new GVariantError('offset-invalid', "an array's last offset is out of bounds");
  }
  const count = tableSize / offsetSize;
  assertMinimal(bodySize, count, offsetSize);
  return new Frame(type, start, end, count, start + bodySize, offsetSize);
}

function openTuple(type: TypeNode, start: number, end: number): Frame {
  const count = type.members.length;
  if (type.fixedSize > 0) return new Frame(type, start, end, count);
  const offsetSize = offsetSizeOf(end - start);
  const dataEnd = end - type.offsetCount * offsetSize;
  if (dataEnd < start || (offsetSize === 0 && type.offsetCount > 0)) {
    throw new GVariantError('offset-invalid', 'a tuple is too short for its offsets');
  }
  if (type.offsetCount > 0) assertMinimal(dataEnd - start, type.offsetCount, offsetSize);
  return new Frame(type, start, end, count, dataEnd, offsetSize);
}

function openMaybe(source: Source, type: TypeNode, start: number, end: number): Frame {
  if (end === start) return new Frame(type, start, end, 0);
  const element = type.members[0] as TypeNode;
  if (element.fixedSize > 0) {
    if (end - start !== element.fixedSize)
      throw new GVariantError('maybe-invalid', 'a maybe has the wrong size');
    return new Frame(type, start, end, 1);
  }
  if (source.bytes[end - 1] !== 0)
    throw new GVariantError('maybe-invalid', 'a maybe does not end with a zero byte');
  return new Frame(type, start, end, 1, end - 1);
}

function openVariant(source: Source, type: TypeNode, start: number, end: number): Frame {
  let separator = end - 1;
  while (separator >= start && source.bytes[separator] !== 0) separator--;
  if (separator < start) throw new GVariantError('variant-invalid', 'a variant carries no type');
  const text = decodeUtf8(source.bytes, separator + 1, end);
  const childType = text === null || text === '' ? null : parseType(text);
  if (childType === null) throw new GVariantError('variant-invalid', 'a variant carries no type');
  if (childType.fixedSize > 0 && separator - start !== childType.fixedSize) {
    throw new GVariantError('size-wrong', "a variant's value has the wrong size for its type");
  }
  return new Frame(type, start, end, 1, separator, 0, childType);
}

function closeFrame(source: Source, frame: Frame): Value {
  const { type, values } = frame;
  if (type.fixedSize > 0) {
    // Trailing padding of a fixed-size tuple, and the one byte of the unit tuple.
    assertZero(source.bytes, frame.cursor, frame.end);
  } else if (frame.cursor !== frame.dataEnd) {
    throw new GVariantError('size-wrong', 'a container holds bytes that belong to no child');
  }
  if (type.kind === 'v') return { type: (frame.childType as TypeNode).text, value: values[0] as Value };
  if (type.kind === 'm') return frame.count === 0 ? null : { just: values[0] as Value };
  return values;
}

function readLeaf(source: Source, type: TypeNode, start: number, end: number): Value {
  const { bytes, view, isLittle } = source;
  switch (type.kind) {
    case 'a':
      return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
    case 'b': {
      const byte = bytes[start] as number;
      if (byte > 1) throw new GVariantError('boolean-invalid', 'a boolean is neither 0 nor 1');
      return byte === 1;
    }
    case 'y':
      return bytes[start] as number;
    case 'n':
      return view.getInt16(start, isLittle);
    case 'q':
      return view.getUint16(start, isLittle);
    case 'i':
    case 'h':
      return view.getInt32(start, isLittle);
    case 'u':
      return view.getUint32(start, isLittle);
    case 'x':
      return view.getBigInt64(start, isLittle);
    case 't':
      return view.getBigUint64(start, isLittle);
    case 'd':
      return readDouble(view, start, isLittle);
    default:
      return readString(bytes, type, start, end);
  }
}

/** JavaScript keeps no bits of what is not a number, so only the one that it writes itself comes back as it was. */
function readDouble(view: DataView, start: number, isLittle: boolean): number {
  const value = view.getFloat64(start, isLittle);
  if (Number.isNaN(value) && view.getBigUint64(start, isLittle) !== NAN_BITS) {
    throw new GVariantError('double-invalid', 'a double is not a number in an unusual way');
  }
  return value;
}

function readString(bytes: Buffer, type: TypeNode, start: number, end: number): string {
  if (end === start || bytes[end - 1] !== 0) {
    throw new GVariantError('string-invalid', 'a string does not end with a zero byte');
  }
  const text = decodeUtf8(bytes, start, end - 1);
  if (text === null) throw new GVariantError('string-invalid', 'a string is not valid UTF-8');
  if (text.includes('\0')) throw new GVariantError('string-invalid', 'a string holds a zero byte');
  if (type.kind === 'o' && !isObjectPath(text)) {
    throw new GVariantError('string-invalid', 'an object path is malformed');
  }
  if (type.kind === 'g') assertSignature(text);
  return text;
}

/**
 * A signature is any number of complete types in a row, 255 bytes at most, and of those that D-Bus has: no maybe.
 * @see GLib `g_variant_serialiser_is_signature`
 */
export function assertSignature(text: string): void {
  if (text.length > 255) throw new GVariantError('string-invalid', 'a signature is longer than 255 bytes');
  if (text.includes('m')) throw new GVariantError('string-invalid', 'a signature holds a maybe');
  try {
    parseType(`(${text})`);
  } catch {
    throw new GVariantError('string-invalid', 'a signature is malformed');
  }
}

function readOffset(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function assertMinimal(bodySize: number, count: number, offsetSize: number): void {
  if (minimalOffsetSize(bodySize, count) !== offsetSize) {
    throw new GVariantError('offset-size-not-minimal', 'framing offsets are wider than they need be');
  }
}

function assertZero(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) throw new GVariantError('padding-not-zero', 'a padding byte is not zero');
  }
}
