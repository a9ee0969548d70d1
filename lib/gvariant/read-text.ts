import { GVariantError } from './error';
import { DEPTH_MAX, parseType } from './type';

/** What a piece of GVariant text says, before its type is known. */
export type TextNode =
  | { readonly kind: 'number' | 'string'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'array' | 'tuple'; readonly items: readonly TextNode[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [TextNode, TextNode])[] }
  | { readonly kind: 'entry'; readonly key: TextNode; readonly value: TextNode }
  | { readonly kind: 'variant'; readonly child: TextNode }
  | { readonly kind: 'maybe'; readonly child: TextNode | null }
  | { readonly kind: 'typed'; readonly type: string; readonly child: TextNode };

/** Words that say the type of what follows them. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['boolean', 'b'],
  ['byte', 'y'],
  ['int16', 'n'],
  ['uint16', 'q'],
  ['int32', 'i'],
  ['handle', 'h'],
  ['uint32', 'u'],
  ['int64', 'x'],
  ['uint64', 't'],
  ['double', 'd'],
  ['string', 's'],
  ['objectpath', 'o'],
  ['signature', 'g'],
]);

const SPACE = /[ \t\n\r\f\v]*/y;
const WORD = /[-+.A-Za-z0-9]+/y;
const TYPE = /[a-z(){}]+/y;
const STRING_ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
};

/**
 * Reads GVariant text, as `g_variant_parse` does, into what it says.
 * @throws GVariantError `text-invalid`, `type-invalid`, `too-deep`
 */
export function readText(text: string): TextNode {
  const reader = new TextReader(text);
  const node = reader.readNode(0);
  reader.expectEnd();
  return node;
}

class TextReader {
  private at = 0;

  constructor(private readonly text: string) {}

  expectEnd(): void {
    this.skipSpace();
    if (this.at < this.text.length) throw this.invalid('something follows the value');
  }

  readNode(depth: number): TextNode {
    if (depth > DEPTH_MAX) throw new GVariantError('too-deep', `it is nested deeper than ${DEPTH_MAX}`);
    this.skipSpace();
    switch (this.text.charAt(this.at)) {
      case '[':
        this.at++;
        return { kind: 'array', items: this.readItems(']', depth) };
      case '(':
        this.at++;
        return this.readTuple(depth);
      case '{':
        this.at++;
        return this.readDict(depth);
      case '<': {
        this.at++;
        const child = this.readNode(depth + 1);
        this.expect('>');
        return { kind: 'variant', child };
      }
      case '@':
        this.at++;
        return this.readTyped(depth);
      case "'":
      case '"':
        return { kind: 'string', text: this.readString() };
      default:
        return this.readWord(depth);
    }
  }

  private readWord(depth: number): TextNode {
    const next = this.text.charAt(this.at + 1);
    if (this.text.charAt(this.at) === 'b' && (next === "'" || next === '"')) {
      this.at++;
      return { kind: 'bytes', bytes: this.readBytes() };
    }
    const word = this.match(WORD);
    switch (word) {
      case '':
        throw this.invalid('a value is missing');
      case 'true':
      case 'false':
        return { kind: 'boolean', value: word === 'true' };
      case 'nothing':
        return { kind: 'maybe', child: null };
      case 'just':
        return { kind: 'maybe', child: this.readNode(depth + 1) };
    }
    const type = KEYWORDS.get(word);
    if (type !== undefined) return { kind: 'typed', type, child: this.readNode(depth + 1) };
    if (/^[-+.0-9]|^(?:inf|nan)$/.test(word)) return { kind: 'number', text: word };
    throw this.invalid(`${JSON.stringify(word)} is no value`);
  }

  private readTyped(depth: number): TextNode {
    const type = this.match(TYPE);
    parseType(type);
    return { kind: 'typed', type, child: this.readNode(depth + 1) };
  }

  private readItems(close: string, depth: number): TextNode[] {
    const items: TextNode[] = [];
    if (this.take(close)) return items;
    do items.push(this.readNode(depth + 1));
    while (this.take(','));
    this.expect(close);
    return items;
  }

  /** `()`, `(1,)`, `(1, 2)`: a comma makes a tuple of one. */
  private readTuple(depth: number): TextNode {
    const items: TextNode[] = [];
    if (this.take(')')) return { kind: 'tuple', items };
    items.push(this.readNode(depth + 1));
    this.expect(',');
    if (this.take(')')) return { kind: 'tuple', items };
    do items.push(this.readNode(depth + 1));
    while (this.take(','));
    this.expect(')');
    return { kind: 'tuple', items };
  }

  /** `{}`, `{key: value, …}`, or one entry by itself, `{key, value}`. */
  private readDict(depth: number): TextNode {
    if (this.take('}')) return { kind: 'dict', entries: [] };
    const key = this.readNode(depth + 1);
    if (this.take(',')) {
      const value = this.readNode(depth + 1);
      this.expect('}');
      return { kind: 'entry', key, value };
    }
    this.expect(':');
    const entries: [TextNode, TextNode][] = [[key, this.readNode(depth + 1)]];
    while (this.take(',')) {
      const next = this.readNode(depth + 1);
      this.expect(':');
      entries.push([next, this.readNode(depth + 1)]);
    }
    this.expect('}');
    return { kind: 'dict', entries };
  }

  private readString(): string {
    let value = '';
    for (const char of this.quoted()) {
      if (char !== '\\') {
        value += char;
        continue;
      }
      const escaped = this.text.charAt(this.at++);
      if (escaped === 'u' || escaped === 'U') value += this.readCodePoint(escaped === 'u' ? 4 : 8);
      else value += STRING_ESCAPES[escaped] ?? escaped;
    }
    if (/[\0\p{Surrogate}]/u.test(value)) throw this.invalid('a string holds what none can hold');
    return value;
  }

  private readCodePoint(digits: number): string {
    const hex = this.text.slice(this.at, this.at + digits);
    const code = /^[0-9A-Fa-f]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.NaN;
    if (!(code <= 0x10ffff)) throw this.invalid('\\u and \\U are followed by 4 and 8 hex digits');
    this.at += digits;
    return String.fromCodePoint(code);
  }

  /** As C has it, with a zero byte at its end. */
  private readBytes(): Uint8Array {
    const parts: Buffer[] = [];
    for (const char of this.quoted()) {
      if (char !== '\\') {
        parts.push(Buffer.from(char));
        continue;
      }
      const octal = /[0-7]{1,3}/y;
      octal.lastIndex = this.at;
      const digits = octal.exec(this.text)?.[0];
      if (digits !== undefined) {
        this.at += digits.length;
        parts.push(Buffer.from([Number.parseInt(digits, 8) & 0xff]));
      } else {
        const escaped = this.text.charAt(this.at++);
        parts.push(Buffer.from(STRING_ESCAPES[escaped] ?? escaped));
      }
    }
    return new Uint8Array(Buffer.concat([...parts, Buffer.from([0])]));
  }

  /** The characters between two quotes; a reader that meets a backslash takes what follows it. */
  private *quoted(): Generator<string> {
    const quote = this.text.charAt(this.at++);
    for (;;) {
      const char = this.text.charAt(this.at++);
      if (char === '') throw this.invalid('a quote is not closed');
      if (char === quote) return;
      if (char === '\\' && this.at >= this.text.length) throw this.invalid('a quote is not closed');
      yield char;
    }
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private take(char: string): boolean {
    this.skipSpace();
    if (this.text.charAt(this.at) !== char) return false;
    this.at++;
    return true;
  }

  private expect(char: string): void {
    if (!this.take(char)) throw this.invalid(`${char} is missing`);
  }

  private invalid(why: string): GVariantError {
    return new GVariantError('text-invalid', `at character ${this.at + 1}: ${why}`);
  }
}
