import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typed } from './fixtures/typed-value';
import { GVariantError, parseVariantText, printVariant } from './index';

/** What GLib's `g_variant_parse` makes of it, as `ostree commit --add-metadata` shows (see the command's tests). */
test.each([
  ['true', 'b', true],
  ['5', 'i', 5],
  ['-5', 'i', -5],
  ['0x1f', 'i', 31],
  ['017', 'i', 15],
  ['byte 0xff', 'y', 255],
  ['uint64 18446744073709551615', 't', 2n ** 64n - 1n],
  ['int64 -9223372036854775808', 'x', -(2n ** 63n)],
  ['1.5', 'd', 1.5],
  ['1e3', 'd', 1000],
  ['double 7', 'd', 7],
  ['double -0x10', 'd', -16],
  ['[uint32 5, nothing]', 'amu', [{ just: 5 }, null]],
  ['-inf', 'd', Number.NEGATIVE_INFINITY],
  ["'a\\u00fc\\n\\'\"'", 's', 'aü\n\'"'],
  ['"\\U0001f600"', 's', '\u{1f600}'],
  ["objectpath '/a/b'", 'o', '/a/b'],
  ["signature 'a{sv}'", 'g', 'a{sv}'],
  ["b'a\\377\\n'", 'ay', new Uint8Array([97, 255, 10, 0])],
  ["b'\\q'", 'ay', new Uint8Array([113, 0])],
  ['[byte 1, 2]', 'ay', new Uint8Array([1, 2])],
  ['@ay [0x01, 255]', 'ay', new Uint8Array([1, 255])],
  ['[1, 2.5]', 'ad', [1, 2.5]],
  ["['x', 'y']", 'as', ['x', 'y']],
  ['@as []', 'as', []],
  ['@a{sv} {}', 'a{sv}', []],
  ['()', '()', []],
  ['(1,)', '(i)', [1]],
  ["(1, 'x', <true>)", '(isv)', [1, 'x', { type: 'b', value: true }]],
  [
    "{'a': <1>, 'b': <@as []>}",
    'a{sv}',
    [
      ['a', { type: 'i', value: 1 }],
      ['b', { type: 'as', value: [] }],
    ],
  ],
  ["{'k', uint32 3}", '{su}', ['k', 3]],
  ['just 5', 'mi', { just: 5 }],
  ['@ms nothing', 'ms', null],
  ['[1, nothing]', 'ami', [{ just: 1 }, null]],
  ['  [ 1 ,2 ]  ', 'ai', [1, 2]],
])('%s is of type %s', (text, type, value) => {
  expect(parseVariantText(text)).toEqual({ type, value });
});

test.each([
  '',
  '[',
  '[]',
  'nothing',
  '[1, true]',
  "['a', 1]",
  '[1.5, uint32 1]',
  '5 6',
  'hello',
  "'open",
  "'\\ud800'",
  "'\\u12'",
  'byte 256',
  '2147483648',
  'uint32 -1',
  '1.5.2',
  '09',
  '@q 1.5',
  '@zz 5',
  "objectpath 'x'",
  "signature '('",
  '(1)',
  '{1: 2, 3}',
  '<>',
  '@i true',
  `${'['.repeat(100)}1${']'.repeat(100)}`,
])('%j is refused', (text) => {
  expect(() => parseVariantText(text)).toThrow(GVariantError);
});

test('what is printed is read back as what it was', () => {
  fc.assert(
    fc.property(typed, ({ type, value }) => {
      const read = parseVariantText(printVariant(type, value));
      expect(read.type).toBe(type);
      expect(printVariant(read.type, read.value)).toBe(printVariant(type, value));
    }),
    { numRuns: 500 },
  );
});

test('any text is read or refused, in no other way', () => {
  const piece = fc.constantFrom(
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    '<',
    '>',
    ',',
    ':',
    '@',
    "'",
    '"',
    '\\',
    'b',
    'i',
    'as',
    '1',
    '.',
    ' ',
    'just',
    'nothing',
    'true',
    'uint64',
    '\u0000',
    'ü',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        const { type, value } = parseVariantText(pieces.join(''));
        expect(printVariant(type, value)).not.toBe('');
      } catch (error) {
        expect(error).toBeInstanceOf(GVariantError);
      }
    }),
    { numRuns: 2000 },
  );
});
