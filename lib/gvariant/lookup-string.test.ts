import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dictToValue } from './dict';
import { GVariantError } from './error';
import { lookupString, memberEnd } from './lookup-string';
import { serializeVariant } from './serialize';
import type { Variant } from './value';

function dictOf(entries: readonly (readonly [string, Variant])[]): Buffer {
  return Buffer.from(serializeVariant('a{sv}', dictToValue(new Map(entries))));
}

const lookUp = (bytes: Buffer, key = 'version') => lookupString(bytes, 0, bytes.length, key);
const string = (value: string): Variant => ({ type: 's', value });
const outside = expect.objectContaining({ code: 'offset-invalid' });

test('a string is found among others, wherever the dict stands', () => {
  const others: [string, Variant][] = [
    ['versio', string('too short')],
    ['versioN', string('another')],
    ['number', { type: 't', value: 7n }],
    ['list', { type: 'as', value: ['version', 's'] }],
  ];
  const bytes = dictOf([...others, ['version', string('4.2 \u{1f600}')], ['after', string('x')]]);
  expect(lookUp(bytes)).toBe('4.2 \u{1f600}');
  expect(lookUp(bytes, 'after')).toBe('x');
  expect(lookUp(bytes, 'missing')).toBeNull();
  const within = Buffer.concat([Buffer.alloc(16, 0xff), bytes, Buffer.alloc(9, 0xff)]);
  expect(lookupString(within, 16, 16 + bytes.length, 'version')).toBe('4.2 \u{1f600}');
});

test('what is no string, or not there, is null', () => {
  expect(lookUp(Buffer.alloc(0))).toBeNull();
  expect(lookUp(dictOf([['version', { type: 'as', value: ['4'] }]]))).toBeNull();
  expect(lookUp(dictOf([['version', { type: 'o', value: '/4' }]]))).toBeNull();
  expect(lookUp(dictOf([['version', string('')]]))).toBe('');
});

test('of two under one key it is the first, as GLib has it', () => {
  const value = [
    ['version', string('1')],
    ['version', string('2')],
  ] as [string, Variant][];
  expect(lookUp(Buffer.from(serializeVariant('a{sv}', value)))).toBe('1');
});

test('framing that leads outside, and text that is none, are refused', () => {
  const good = dictOf([['version', string('4.2')]]);
  const changed = (at: number, byte: number) => {
    const bytes = Buffer.from(good);
    bytes[at < 0 ? bytes.length + at : at] = byte;
    return bytes;
  };
  expect(() => lookUp(changed(-1, 0))).toThrow(outside);
  expect(() => lookUp(changed(-1, 200))).toThrow(outside);
  const text = expect.objectContaining({ code: 'string-invalid' });
  expect(() => lookUp(changed(8, 0xff))).toThrow(text);
  expect(() => lookUp(changed(9, 0))).toThrow(text);
  expect(() => lookUp(changed(11, 0x34))).toThrow(text);
});

test('any bytes give a string, or null, or are refused as GVariant', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(8), fc.boolean(), (bytes, nth, isMade) => {
      const start = isMade
        ? Buffer.from(serializeVariant('a{sv}', [['version', string('4')]]))
        : Buffer.alloc(0);
      const buffer = Buffer.concat([start, bytes]);
      for (const look of [() => lookUp(buffer), () => memberEnd(buffer, nth + 1)]) {
        try {
          look();
        } catch (error) {
          expect(error).toBeInstanceOf(GVariantError);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

test('ends of members stand at the end of a tuple, the first last', () => {
  const bytes = Buffer.from(serializeVariant('(ssts)', ['a', 'bc', 1n, 'd']));
  expect([memberEnd(bytes, 1), memberEnd(bytes, 2)]).toEqual([2, 5]);
  expect(() => memberEnd(Buffer.alloc(0), 1)).toThrow(outside);
  expect(() => memberEnd(bytes, bytes.length + 1)).toThrow(outside);
  expect(() => memberEnd(Buffer.from([9]), 1)).toThrow(outside);
});
