import { GVariantError } from './error';
import { DEPTH_MAX, parseType, type TypeNode } from './type';
import type { Just, Value, Variant } from './value';

/**
 * GVariant text of `value`, with type annotations, as `ostree show --raw` and GLib's
 * `g_variant_print (value, TRUE)` write it.
 */
export function printVariant(type: string, value: Value): string {
  const parts: string[] = [];
  print(parts, parseType(type), value, true, 0);
  return parts.join('');
}

function print(parts: string[], type: TypeNode, value: Value, isAnnotated: boolean, depth: number): void {
  if (depth > DEPTH_MAX) throw new GVariantError('too-deep', `it is nested deeper than ${DEPTH_MAX}`);
  switch (type.kind) {
    case 'a':
      printArray(parts, type, value, isAnnotated, depth);
      return;
    case '(':
      printTuple(parts, type, value as Value[], isAnnotated, depth);
      return;
    case '{': {
      const [key, entryValue] = value as [Value, Value];
      parts.push('{');
      print(parts, type.members[0] as TypeNode, key, isAnnotated, depth + 1);
      parts.push(', ');
      print(parts, type.members[1] as TypeNode, entryValue, isAnnotated, depth + 1);
      parts.push('}');
      return;
    }
    case 'm':
      printMaybe(parts, type, value as Just | null, isAnnotated, depth);
      return;
    case 'v': {
      const variant = value as Variant;
      parts.push('<');
      print(parts, parseType(variant.type), variant.value, true, depth + 1);
      parts.push('>');
      return;
    }
    default:
      parts.push(printBasic(type, value, isAnnotated));
  }
}

function printArray(
  parts: string[],
  type: TypeNode,
  value: Value,
  isAnnotated: boolean,
  depth: number,
): void {
  const element = type.members[0] as TypeNode;
  if (element.kind === 'y') {
    parts.push(printBytes(value as Uint8Array, isAnnotated));
    return;
  }
  const children = value as Value[];
  const [open, close] = element.kind === '{' ? ['{', '}'] : ['[', ']'];
  if (children.length === 0) {
    parts.push(isAnnotated ? `@${type.text} ` : '', open, close);
    return;
  }
  parts.push(open);
  children.forEach((child, index) => {
    if (index > 0) parts.push(', ');
    // One annotation, on the first element, says the type of all.
    const isChildAnnotated = isAnnotated && index === 0;
    if (element.kind === '{') {
      const [key, entryValue] = child as [Value, Value];
      print(parts, element.members[0] as TypeNode, key, isChildAnnotated, depth + 1);
      parts.push(': ');
      print(parts, element.members[1] as TypeNode, entryValue, isChildAnnotated, depth + 1);
    } else {
      print(parts, element, child, isChildAnnotated, depth + 1);
    }
  });
  parts.push(close);
}

function printTuple(
  parts: string[],
  type: TypeNode,
  values: Value[],
  isAnnotated: boolean,
  depth: number,
): void {
  parts.push('(');
  type.members.forEach((member, index) => {
    if (index > 0) parts.push(', ');
    print(parts, member, values[index] as Value, isAnnotated, depth + 1);
  });
  parts.push(type.members.length === 1 ? ',)' : ')');
}

function printMaybe(
  parts: string[],
  type: TypeNode,
  value: Just | null,
  isAnnotated: boolean,
  depth: number,
): void {
  if (isAnnotated) parts.push(`@${type.text} `);
  let elementType = type;
  let element: Value = value;
  let justs = 0;
  while (elementType.kind === 'm' && element !== null) {
    element = (element as Just).just;
    elementType = elementType.members[0] as TypeNode;
    justs++;
  }
  // "just" is written only where "nothing" follows: it is needed nowhere else to tell the two apart.
  if (elementType.kind === 'm') parts.push('just '.repeat(justs), 'nothing');
  else print(parts, elementType, element, false, depth + 1);
}

const ANNOTATIONS: Record<string, string> = {
  y: 'byte ',
  n: 'int16 ',
  q: 'uint16 ',
  h: 'handle ',
  u: 'uint32 ',
  x: 'int64 ',
  t: 'uint64 ',
  o: 'objectpath ',
  g: 'signature ',
};

function printBasic(type: TypeNode, value: Value, isAnnotated: boolean): string {
  const annotation = isAnnotated ? (ANNOTATIONS[type.kind] ?? '') : '';
  switch (type.kind) {
    case 's':
      return printText(value as string);
    case 'o':
    case 'g':
      return `${annotation}'${String(value)}'`;
    case 'y':
      return `${annotation}0x${(value as number).toString(16).padStart(2, '0')}`;
    case 'd':
      return printDouble(value as number);
    default:
      return `${annotation}${String(value)}`;
  }
}

function printBytes(bytes: Uint8Array, isAnnotated: boolean): string {
  if (bytes.length > 0 && bytes.indexOf(0) === bytes.length - 1) return printByteString(bytes);
  if (bytes.length === 0) return isAnnotated ? '@ay []' : '[]';
  const digits = Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`);
  return `[${isAnnotated ? 'byte ' : ''}${digits.join(', ')}]`;
}

const BYTE_ESCAPES: Record<number, string> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

/** Bytes that end with their only zero byte, as `g_strescape` writes them. */
function printByteString(bytes: Uint8Array): string {
  const quote = bytes.includes(39) ? '"' : "'";
  let text = '';
  for (const byte of bytes.subarray(0, bytes.length - 1)) {
    const escaped = BYTE_ESCAPES[byte];
    if (escaped !== undefined) text += escaped;
    else if (byte < 32 || byte >= 127) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return `b${quote}${text}${quote}`;
}

const TEXT_ESCAPES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
/** What `g_unichar_isprint` refuses. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Cs}]/u;

function printText(text: string): string {
  const quote = text.includes("'") ? '"' : "'";
  let result = quote;
  for (const char of text) {
    if (char === quote || char === '\\') result += `\\${char}`;
    else if (!UNPRINTABLE.test(char)) result += char;
    else result += TEXT_ESCAPES[char] ?? escapeCodePoint(char.codePointAt(0) as number);
  }
  return result + quote;
}

function escapeCodePoint(code: number): string {
  const digits = code.toString(16);
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

/** C's `%.17g`, with `.0` where it would look like an integer. */
function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = Object.is(value, -0) ? '-' : '';
  const [digits, exponent] = value.toExponential(16).split('e') as [string, string];
  const power = Number(exponent);
  let text: string;
  if (power < -4 || power >= 17) {
    const width = exponent.slice(1).padStart(2, '0');
    text = `${trimZeros(digits)}e${exponent.charAt(0)}${width}`;
  } else {
    text = trimZeros(value.toFixed(Math.max(0, 16 - power)));
  }
  const shown = sign + text;
  return /[.enN]/.test(shown) ? shown : `${shown}.0`;
}

function trimZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}
