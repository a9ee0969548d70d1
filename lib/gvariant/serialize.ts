import { ByteWriter } from './byte-writer';
import { GVariantError } from './error';
import { assertSignature, NAN_BITS } from './parse';
import { isObjectPath } from './text';
import { DEPTH_MAX, minimalOffsetSize, parseType, type TypeNode } from './type';
import { type Endian, type Just, Serialized, type Value, type Variant } from './value';

export interface SerializeOptions {
  /** Byte order of integers and doubles; little unless told otherwise. */
  endian?: Endian;
}

/**
 * Serialises `value` as `type`, in normal form.
 * @throws GVariantError `value-mismatch` where the value is not one of that type
 */
export function serializeVariant(type: string, value: Value, options: SerializeOptions = {}): Uint8Array {
  const writer = new ByteWriter();
  writeValue(writer, parseType(type), value, options.endian !== 'big', 0);
  return writer.finish();
}

function writeValue(
  writer: ByteWriter,
  type: TypeNode,
  value: Value,
  isLittle: boolean,
  depth: number,
): void {
  if (depth > DEPTH_MAX) throw new GVariantError('too-deep', `it is nested deeper than ${DEPTH_MAX}`);
  if (value instanceof Serialized) {
    writer.writeBytes(value.bytes);
    return;
  }
  switch (type.kind) {
    case 'a':
      writeArray(writer, type, value, isLittle, depth);
      return;
    case '(':
    case '{':
      writeTuple(writer, type, value, isLittle, depth);
      return;
    case 'm':
      writeMaybe(writer, type, value, isLittle, depth);
      return;
    case 'v': {
      const variant = expectVariant(value);
      const childType = parseType(variant.type);
      writeValue(writer, childType, variant.value, isLittle, depth + 1);
      // A type ends where the variant does, with no zero byte behind it.
      writer.writeZeros(1);
      writer.writeLatin1(variant.type);
      return;
    }
    case 's':
    case 'o':
    case 'g':
      writer.writeText(expectText(type, value));
      return;
    default:
      writeNumber(writer, type, value, isLittle);
      return;
  }
}

function writeArray(
  writer: ByteWriter,
  type: TypeNode,
  value: Value,
  isLittle: boolean,
  depth: number,
): void {
  const element = type.members[0] as TypeNode;
  if (element.kind === 'y') {
    if (!(value instanceof Uint8Array)) throw mismatch(type);
    writer.writeBytes(value);
    return;
  }
  if (!Array.isArray(value)) throw mismatch(type);
  const start = writer.length;
  const ends: number[] = [];
  for (const child of value) {
    writer.align(element.alignment);
    writeValue(writer, element, child, isLittle, depth + 1);
    if (element.fixedSize === 0) ends.push(writer.length - start);
  }
  writeOffsets(writer, start, ends);
}

function writeTuple(
  writer: ByteWriter,
  type: TypeNode,
  value: Value,
  isLittle: boolean,
  depth: number,
): void {
  if (!Array.isArray(value) || value.length !== type.members.length) throw mismatch(type);
  const start = writer.length;
  const ends: number[] = [];
  for (let index = 0; index < type.members.length; index++) {
    const member = type.members[index] as TypeNode;
    writer.align(member.alignment);
    writeValue(writer, member, value[index] as Value, isLittle, depth + 1);
    if (member.fixedSize === 0 && index < type.members.length - 1) ends.push(writer.length - start);
  }
  if (type.fixedSize > 0) {
    writer.writeZeros(start + type.fixedSize - writer.length);
    return;
  }
  writeOffsets(writer, start, ends.reverse());
}

function writeMaybe(
  writer: ByteWriter,
  type: TypeNode,
  value: Value,
  isLittle: boolean,
  depth: number,
): void {
  if (value === null) return;
  if (!isJust(value)) throw mismatch(type);
  const element = type.members[0] as TypeNode;
  writeValue(writer, element, value.just, isLittle, depth + 1);
  if (element.fixedSize === 0) writer.writeZeros(1);
}

/**
 * Writes the framing offsets of a container that began at `start` and whose members have all been written.
 * @param ends where members of varying size end, from `start` on: of an array all, in order; of a tuple all but one that is last,
 * in reverse
 */
export function writeOffsets(writer: ByteWriter, start: number, ends: readonly number[]): void {
  if (ends.length === 0) return;
  const size = minimalOffsetSize(writer.length - start, ends.length);
  for (const end of ends) writer.writeInteger(end, size, true);
}

const INTEGER_BOUNDS: Record<string, readonly [number, number]> = {
  y: [0, 0xff],
  n: [-0x8000, 0x7fff],
  q: [0, 0xffff],
  i: [-0x8000_0000, 0x7fff_ffff],
  h: [-0x8000_0000, 0x7fff_ffff],
  u: [0, 0xffff_ffff],
};

function writeNumber(writer: ByteWriter, type: TypeNode, value: Value, isLittle: boolean): void {
  if (type.kind === 'b') {
    if (typeof value !== 'boolean') throw mismatch(type);
    writer.writeInteger(value ? 1 : 0, 1, isLittle);
    return;
  }
  if (type.kind === 'x' || type.kind === 't') {
    const isSigned = type.kind === 'x';
    if (typeof value !== 'bigint') throw mismatch(type);
    if ((isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) !== value) throw mismatch(type);
    writer.writeBigInteger(value, isLittle);
    return;
  }
  if (typeof value !== 'number') throw mismatch(type);
  if (type.kind === 'd') {
    if (Number.isNaN(value)) writer.writeBigInteger(NAN_BITS, isLittle);
    else writer.writeDouble(value, isLittle);
    return;
  }
  const [low, high] = INTEGER_BOUNDS[type.kind] as readonly [number, number];
  if (!Number.isInteger(value) || value < low || value > high) throw mismatch(type);
  writer.writeInteger(value, type.fixedSize, isLittle);
}

/** A zero byte, which ends a string, and half a character: JavaScript strings can hold one, UTF-8 cannot. */
const NO_TEXT = /[\0\p{Surrogate}]/u;

function expectText(type: TypeNode, value: Value): string {
  if (typeof value !== 'string' || NO_TEXT.test(value)) throw mismatch(type);
  if (type.kind === 'o' && !isObjectPath(value)) throw mismatch(type);
  if (type.kind === 'g') assertSignature(value);
  return value;
}

function expectVariant(value: Value): Variant {
  if (typeof value === 'object' && value !== null && 'type' in value && 'value' in value) return value;
  throw new GVariantError('value-mismatch', 'a variant was expected');
}

function isJust(value: Value): value is Just {
  return typeof value === 'object' && value !== null && 'just' in value;
}

function mismatch(type: TypeNode): GVariantError {
  return new GVariantError('value-mismatch', `the value is not of type ${type.text}`);
}
