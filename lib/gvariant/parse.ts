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

/** What is read, and how many values it may still make. */
interface Source {
  readonly bytes: Buffer;
  readonly isLittle: boolean;
  readonly maxValues: number;
  valuesLeft: number;
}

function sourceOf(bytes: Uint8Array, { endian, maxValues }: ParseOptions = {}): Source {
  if (bytes.length > SIZE_BYTES_MAX) throw new GVariantError('too-large', 'the value is larger than 1 GiB');
  const most = maxValues ?? VALUES_FREE + Math.floor(bytes.length / BYTES_FOR_EACH_VALUE);
  return {
    bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    isLittle: endian !== 'big',
    maxValues: most,
    valuesLeft: most,
  };
}

/**
 * Parses `bytes` as a value of `type`, insisting on normal form: padding is zero, framing offsets are in order
 * and as small as they can be, nothing overlaps and nothing is left over, so that two different byte sequences
 * never mean the same. `ay` values are views of `bytes`.
 * @throws GVariantError
 * @see GLib `g_variant_is_normal_form`, and the GVariant specification, "Deserialising non-normal data"
 */
export function parseVariant(type: string, bytes: Uint8Array, options: ParseOptions = {}): Value {
  const root = parseType(type);
  const source = sourceOf(bytes, options);
  assertSize(root, bytes.length);
  return readValue(source, root, 0, bytes.length, 0);
}

/** A tuple whose members are read one by one, as its reader comes to them. */
export class TupleReader {
  private readonly type: TypeNode;
  private readonly source: Source;
  private readonly bounds: readonly number[];

  /**
   * Looks at the framing: where each member begins and ends. What is between is looked at when it is asked for.
   * @throws GVariantError where the framing is not in normal form
   */
  constructor(type: string, bytes: Uint8Array) {
    this.type = parseType(type);
    this.source = sourceOf(bytes);
    assertSize(this.type, bytes.length);
    this.bounds = tupleBounds(this.source.bytes, this.type, 0, bytes.length);
  }

  /** The tuple's own bytes. */
  get bytes(): Buffer {
    return this.source.bytes;
  }

  /** Where a member begins in the bytes. */
  start(index: number): number {
    return this.bounds[2 * index] as number;
  }

  /** Where a member ends in the bytes. */
  end(index: number): number {
    return this.bounds[2 * index + 1] as number;
  }

  /** A member, as `parseVariant` gives it. @throws GVariantError */
  value(index: number): Value {
    const member = this.type.members[index] as TypeNode;
    return readValue(this.source, member, this.start(index), this.end(index), 1);
  }
}

function assertSize(type: TypeNode, size: number): void {
  if (type.fixedSize === 0 || size === type.fixedSize) return;
  throw new GVariantError('size-wrong', `${type.fixedSize} bytes were expected and ${size} are there`);
}

/** Reads the value in `[start, end)`, which is as long as its type says where that is fixed, and `depth` containers deep. */
function readValue(source: Source, type: TypeNode, start: number, end: number, depth: number): Value {
  if (!isContainer(type)) return readBasic(source, type, start, end);
  // `ay` is read at once, as basic values are.
  if (type.kind === 'a' && type.members[0]?.kind === 'y') {
    return new Uint8Array(source.bytes.buffer, source.bytes.byteOffset + start, end - start);
  }
  if (depth >= DEPTH_MAX) throw new GVariantError('too-deep', `it is nested deeper than ${DEPTH_MAX}`);
  switch (type.kind) {
    case 'a':
      return readArray(source, type, start, end, depth);
    case 'm':
      return readMaybe(source, type, start, end, depth);
    case 'v':
      return readVariant(source, start, end, depth);
    default:
      return readTuple(source, type, start, end, depth);
  }
}

function readChild(source: Source, type: TypeNode, start: number, end: number, depth: number): Value {
  if (--source.valuesLeft < 0) {
    throw new GVariantError('too-many-values', `it holds more than ${source.maxValues} values`);
  }
  return readValue(source, type, start, end, depth + 1);
}

function readArray(source: Source, type: TypeNode, start: number, end: number, depth: number): Value[] {
  const { bytes } = source;
  const element = type.members[0] as TypeNode;
  const values: Value[] = [];
  const size = end - start;
  if (size === 0) return values;
  if (element.fixedSize > 0) {
    if (size % element.fixedSize !== 0) {
      throw new GVariantError('size-wrong', 'an array does not hold a whole number of elements');
    }
    for (let at = start; at < end; at += element.fixedSize) {
      values.push(readChild(source, element, at, at + element.fixedSize, depth));
    }
    return values;
  }
  const offsetSize = offsetSizeOf(size);
  const bodySize = readOffset(bytes, end - offsetSize, offsetSize);
  const tableSize = size - bodySize;
  if (tableSize <= 0 || tableSize % offsetSize !== 0) {
    throw new GVariantError('offset-invalid', "an array's last offset is out of bounds");
  }
  assertMinimal(bodySize, tableSize / offsetSize, offsetSize);
  const dataEnd = start + bodySize;
  let cursor = start;
  for (let table = dataEnd; table < end; table += offsetSize) {
    const childStart = skipPadding(bytes, cursor, dataEnd, element);
    const childEnd = start + readOffset(bytes, table, offsetSize);
    assertInside(childStart, childEnd, dataEnd);
    values.push(readChild(source, element, childStart, childEnd, depth));
    cursor = childEnd;
  }
  // The last offset is where the table begins, so nothing can be left over.
  return values;
}

function readMaybe(source: Source, type: TypeNode, start: number, end: number, depth: number): Value {
  if (end === start) return null;
  const element = type.members[0] as TypeNode;
  if (element.fixedSize > 0) {
    if (end - start !== element.fixedSize)
      throw new GVariantError('maybe-invalid', 'a maybe has the wrong size');
    return { just: readChild(source, element, start, end, depth) };
  }
  if (source.bytes[end - 1] !== 0)
    throw new GVariantError('maybe-invalid', 'a maybe does not end with a zero byte');
  return { just: readChild(source, element, start, end - 1, depth) };
}

function readVariant(source: Source, start: number, end: number, depth: number): Value {
  let separator = end - 1;
  while (separator >= start && source.bytes[separator] !== 0) separator--;
  if (separator < start) throw new GVariantError('variant-invalid', 'a variant carries no type');
  const text = decodeUtf8(source.bytes, separator + 1, end);
  const childType = text === null || text === '' ? null : parseType(text);
  if (childType === null) throw new GVariantError('variant-invalid', 'a variant carries no type');
  if (childType.fixedSize > 0 && separator - start !== childType.fixedSize) {
    throw new GVariantError('size-wrong', "a variant's value has the wrong size for its type");
  }
  return { type: childType.text, value: readChild(source, childType, start, separator, depth) };
}

function readTuple(source: Source, type: TypeNode, start: number, end: number, depth: number): Value[] {
  const { members } = type;
  const bounds = tupleBounds(source.bytes, type, start, end);
  // Exact, since a list that has room to grow takes thrice the memory.
  const values: Value[] = new Array(members.length);
  for (let index = 0; index < members.length; index++) {
    const childStart = bounds[2 * index] as number;
    const childEnd = bounds[2 * index + 1] as number;
    values[index] = readChild(source, members[index] as TypeNode, childStart, childEnd, depth);
  }
  return values;
}

/** Where each member of the tuple in `[start, end)` begins and ends, in turn. */
function tupleBounds(bytes: Buffer, type: TypeNode, start: number, end: number): number[] {
  const { members, offsetCount, fixedSize } = type;
  const offsetSize = fixedSize > 0 ? 0 : offsetSizeOf(end - start);
  const dataEnd = end - offsetCount * offsetSize;
  if (dataEnd < start || (offsetSize === 0 && offsetCount > 0)) {
    throw new GVariantError('offset-invalid', 'a tuple is too short for its offsets');
  }
  if (offsetCount > 0) assertMinimal(dataEnd - start, offsetCount, offsetSize);
  const bounds: number[] = [];
  let cursor = start;
  let offsetAt = end;
  for (let index = 0; index < members.length; index++) {
    const member = members[index] as TypeNode;
    const childStart = skipPadding(bytes, cursor, dataEnd, member);
    if (member.fixedSize > 0) cursor = childStart + member.fixedSize;
    else if (index === members.length - 1) cursor = dataEnd;
    else {
      // A tuple's offsets stand in reverse order at its end.
      offsetAt -= offsetSize;
      cursor = start + readOffset(bytes, offsetAt, offsetSize);
    }
    assertInside(childStart, cursor, dataEnd);
    bounds.push(childStart, cursor);
  }
  // Trailing padding of a fixed-size tuple, and the one byte of the unit tuple.
  if (fixedSize > 0) assertZero(bytes, cursor, end);
  else if (cursor !== dataEnd)
    throw new GVariantError('size-wrong', 'a container holds bytes that belong to no child');
  return bounds;
}

/** Where a child begins that comes after `cursor`. */
function skipPadding(bytes: Buffer, cursor: number, dataEnd: number, type: TypeNode): number {
  const start = alignUp(cursor, type.alignment);
  if (start > dataEnd) throw new GVariantError('offset-invalid', 'a child begins beyond its container');
  assertZero(bytes, cursor, start);
  return start;
}

function assertInside(start: number, end: number, dataEnd: number): void {
  if (end >= start && end <= dataEnd) return;
  throw new GVariantError('offset-invalid', 'a child ends outside its container');
}

function readBasic({ bytes, isLittle }: Source, type: TypeNode, start: number, end: number): Value {
  switch (type.kind) {
    case 'b': {
      const byte = bytes[start] as number;
      if (byte > 1) throw new GVariantError('boolean-invalid', 'a boolean is neither 0 nor 1');
      return byte === 1;
    }
    case 'y':
      return bytes[start] as number;
    case 'n':
      return isLittle ? bytes.readInt16LE(start) : bytes.readInt16BE(start);
    case 'q':
      return isLittle ? bytes.readUInt16LE(start) : bytes.readUInt16BE(start);
    case 'i':
    case 'h':
      return isLittle ? bytes.readInt32LE(start) : bytes.readInt32BE(start);
    case 'u':
      return isLittle ? bytes.readUInt32LE(start) : bytes.readUInt32BE(start);
    case 'x':
      return isLittle ? bytes.readBigInt64LE(start) : bytes.readBigInt64BE(start);
    case 't':
      return isLittle ? bytes.readBigUInt64LE(start) : bytes.readBigUInt64BE(start);
    case 'd':
      return readDouble(bytes, start, isLittle);
    default:
      return readString(bytes, type, start, end);
  }
}

/** JavaScript keeps no bits of what is not a number, so only the one that it writes itself comes back as it was. */
function readDouble(bytes: Buffer, start: number, isLittle: boolean): number {
  const value = isLittle ? bytes.readDoubleLE(start) : bytes.readDoubleBE(start);
  if (!Number.isNaN(value)) return value;
  const bits = isLittle ? bytes.readBigUInt64LE(start) : bytes.readBigUInt64BE(start);
  if (bits !== NAN_BITS) {
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
