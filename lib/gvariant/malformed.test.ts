import { describe, expect, it } from 'vitest';
import {
  type GVariantErrorCode,
  parseDict,
  parseVariant,
  printVariant,
  serializeVariant,
  TupleReader,
  type Value,
} from './index';
import { DEPTH_MAX } from './type';

function bytes(...parts: (number | string)[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part)))),
  );
}

function withCode(code: GVariantErrorCode) {
  return expect.objectContaining({ name: 'GVariantError', code });
}

/** Each row: what an attacker would gain, the type, the bytes, the refusal. */
const MALFORMED: [attack: string, type: string, bytes: Uint8Array, code: GVariantErrorCode][] = [
  ['a second spelling of "true", so that one value has many checksums', 'b', bytes(2), 'boolean-invalid'],
  ['a string that runs into its neighbour', 's', bytes('abc'), 'string-invalid'],
  [
    'a string that C code ends early: "a" to libostree, "a\\0b" to us',
    's',
    bytes('a', 0, 'b', 0),
    'string-invalid',
  ],
  ['a string of no bytes, whose end would lie before its start', 's', bytes(), 'string-invalid'],
  ['bytes that are no UTF-8 and show differently everywhere', 's', bytes(0xc3, 0x28, 0), 'string-invalid'],
  ['an overlong slash, which slips through a search for "/"', 's', bytes(0xc0, 0xaf, 0), 'string-invalid'],
  [
    'half a surrogate pair, which JavaScript would keep and C refuse',
    's',
    bytes(0xed, 0xa0, 0x80, 0),
    'string-invalid',
  ],
  ['an object path that climbs', 'o', bytes('/a/../b', 0), 'string-invalid'],
  ['a signature that is no type', 'g', bytes('a', 0), 'string-invalid'],
  ['a signature with a maybe, which D-Bus does not have', 'g', bytes('ms', 0), 'string-invalid'],
  [
    'a payload in what is not a number, which JavaScript would lose on the way',
    'ad',
    bytes(1, 0, 0, 0, 0, 0, 0xf0, 0x7f),
    'double-invalid',
  ],
  ['the other sign of what is not a number', 'd', bytes(0, 0, 0, 0, 0, 0, 0xf8, 0xff), 'double-invalid'],
  [
    'hidden bytes in the padding before an aligned member',
    '(yu)',
    bytes(1, 9, 0, 0, 2, 0, 0, 0),
    'padding-not-zero',
  ],
  [
    'hidden bytes in the padding behind the last member',
    '(uy)',
    bytes(1, 0, 0, 0, 2, 0, 0, 9),
    'padding-not-zero',
  ],
  ['a unit tuple that carries a byte', '()', bytes(1), 'padding-not-zero'],
  ['an array that ends inside an element', 'au', bytes(1, 0, 0, 0, 2), 'size-wrong'],
  ['a number of the wrong width', 'u', bytes(1, 0, 0), 'size-wrong'],
  [
    'a last offset beyond the end, to read what follows in memory',
    'as',
    bytes('a', 0, 200),
    'offset-invalid',
  ],
  [
    'offsets that run backwards, so that elements overlap',
    'as',
    bytes('a', 0, 'b', 0, 4, 2),
    'offset-invalid',
  ],
  [
    'an offset table that is no whole number of offsets',
    'as',
    bytes('a'.repeat(299), 0, 0, 44, 1),
    'offset-invalid',
  ],
  ['a tuple without room for its offsets', '(ss)', bytes(), 'offset-invalid'],
  [
    "a tuple whose first member ends behind the tuple's end",
    '(ss)',
    bytes('a', 0, 'b', 0, 99),
    'offset-invalid',
  ],
  ['a tuple with bytes between its members', '(su)', bytes('a', 0, 7, 7, 1, 0, 0, 0, 2), 'padding-not-zero'],
  ['a maybe whose closing byte says something', 'ms', bytes('a', 0, 1), 'maybe-invalid'],
  ['a maybe of the wrong width', 'mu', bytes(1, 0), 'maybe-invalid'],
  ['a variant without a type', 'v', bytes('abc'), 'variant-invalid'],
  ['a variant of no bytes', 'v', bytes(), 'variant-invalid'],
  ['a variant with an empty type', 'v', bytes(1, 0), 'variant-invalid'],
  ['a variant with two types, read as the first or the last', 'v', bytes(1, 0, 'yy'), 'type-invalid'],
  ['a variant with a type that is none', 'v', bytes(1, 0, 'z'), 'type-invalid'],
  ['a variant with an indefinite type', 'v', bytes(1, 0, 'a*'), 'type-invalid'],
  ['a dict with a container for a key', 'v', bytes(0, 'a{vs}'), 'type-invalid'],
  ['a variant whose value is longer than its type', 'v', bytes(1, 2, 0, 'y'), 'size-wrong'],
  ['an unclosed tuple type', 'v', bytes(0, '(ss'), 'type-invalid'],
];

describe('malformed bytes', () => {
  it.each(MALFORMED)('refuses %s', (_, type, data, code) => {
    expect(() => parseVariant(type, data)).toThrow(withCode(code));
  });

  it('refuses offsets that are wider than they need be, a second spelling of the same value', () => {
    // 254 bytes of strings and one byte of offset fit into 255 bytes; with two bytes of offset it is 256.
    const body = Buffer.alloc(254, 'a');
    body[1] = 0;
    body[253] = 0;
    const wide = new Uint8Array(Buffer.concat([body, Buffer.from([2, 0])]));
    expect(() => parseVariant('(ss)', wide)).toThrow(withCode('offset-size-not-minimal'));
  });

  it('refuses a key that stands twice, of which readers would take one or the other', () => {
    const entry: Value = ['k', { type: 'y', value: 1 }];
    expect(() => parseDict(serializeVariant('a{sv}', [entry, entry]))).toThrow(withCode('key-duplicate'));
  });

  it('refuses nesting that would exhaust a recursive reader', () => {
    expect(() => parseVariant(`${'a'.repeat(DEPTH_MAX + 2)}y`, bytes())).toThrow(withCode('too-deep'));
    let nested: Value = { type: 'y', value: 1 };
    for (let i = 0; i < DEPTH_MAX - 1; i++) nested = { type: 'v', value: nested };
    expect(parseVariant('v', serializeVariant('v', nested))).toEqual(nested);
    const deeper = bytes(0, '\0v'.repeat(100_000));
    expect(() => parseVariant('v', deeper)).toThrow(withCode('too-deep'));
  });

  it('refuses more values than it was told to hold, where every byte is a value', () => {
    expect(() => parseVariant('a()', new Uint8Array(1001), { maxValues: 1000 })).toThrow(
      withCode('too-many-values'),
    );
  });

  it('refuses a hundred kilobytes that stand for eight million values, before they fill memory', () => {
    const nested = `a${'('.repeat(60)}${')'.repeat(60)}`;
    expect(() => parseVariant(nested, new Uint8Array(130_000))).toThrow(withCode('too-many-values'));
    expect(() => parseVariant('v', bytes('\0'.repeat(130_000), 0, nested))).toThrow(
      withCode('too-many-values'),
    );
    // What real lists hold is far from that: a value for each byte is read, up to a million.
    expect(parseVariant('ab', new Uint8Array(1_000_000))).toHaveLength(1_000_000);
  });

  it('refuses more bytes than its offsets are counted in', () => {
    // The memory is asked for and never touched.
    const many = new Uint8Array(0x4000_0001);
    expect(() => parseVariant('ay', many)).toThrow(withCode('too-large'));
    expect(() => new TupleReader('(ayay)', many)).toThrow(withCode('too-large'));
  });

  it('refuses a signature longer than any may be', () => {
    expect(() => parseVariant('g', bytes('s'.repeat(256), 0))).toThrow(withCode('string-invalid'));
    expect(parseVariant('g', bytes('s'.repeat(255), 0))).toBe('s'.repeat(255));
  });

  it('refuses values that are declared and not there', () => {
    expect(() => parseVariant('as', bytes(255, 255, 255, 255))).toThrow(withCode('offset-invalid'));
    expect(() => parseVariant('aas', Buffer.alloc(70_000, 0xff))).toThrow(withCode('offset-invalid'));
    expect(() => parseVariant('(sas)', Buffer.alloc(300, 0xff))).toThrow(withCode('offset-invalid'));
  });

  it('refuses offsets that all point to the same place, so that one element is read without end', () => {
    expect(() => parseVariant('as', bytes('a', 0, ...Array.from({ length: 200 }, () => 2)))).toThrow(
      withCode('string-invalid'),
    );
  });

  it('refuses a type string that alone would fill memory', () => {
    expect(() => parseVariant('v', bytes(0, `(${'s'.repeat(100_000)})`))).toThrow(withCode('type-invalid'));
  });

  it('keeps a byte order mark, which would else make two names look and read alike', () => {
    expect(parseVariant('s', bytes('\ufeffa', 0))).toBe('\ufeffa');
  });
});

describe('values that do not fit their type', () => {
  const MISFITS: [what: string, type: string, value: Value][] = [
    ['a number for a string', 's', 1],
    ['a zero byte in a string', 's', 'a\0b'],
    ['half a surrogate pair', 's', '\ud800'],
    ['a byte of 256', 'y', 256],
    ['a negative unsigned number', 'u', -1],
    ['a fraction for an integer', 'i', 1.5],
    ['not a number for an integer', 'u', Number.NaN],
    ['2^64 for 64 bits', 't', 2n ** 64n],
    ['a small number for 64 bits', 't', 1],
    ['a string for bytes', 'ay', 'abc'],
    ['a string for a list', 'as', 'abc'],
    ['a number for yes or no', 'b', 1],
    ['a string for a number', 'u', '1'],
    ['too few members', '(ss)', ['a']],
    ['too many members', '(s)', ['a', 'b']],
    ['a bare value for a variant', 'v', 'a'],
    ['a bare value for a maybe', 'ms', 'a'],
    ['a path that is none', 'o', 'a'],
  ];

  it.each(MISFITS)('refuses %s', (_, type, value) => {
    expect(() => serializeVariant(type, value)).toThrow(expect.objectContaining({ name: 'GVariantError' }));
  });

  it('refuses to write or print what is nested deeper than it would be read', () => {
    let nested: Value = { type: 'y', value: 1 };
    for (let i = 0; i <= DEPTH_MAX; i++) nested = { type: 'v', value: nested };
    expect(() => serializeVariant('v', nested)).toThrow(withCode('too-deep'));
    expect(() => printVariant('v', nested)).toThrow(withCode('too-deep'));
  });
});
