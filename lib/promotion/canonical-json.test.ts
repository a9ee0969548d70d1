import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CanonicalValue, canonicalJson } from './canonical-json';

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('any')),
    fc.dictionary(fc.string(), tie('any')),
  ),
})).any as fc.Arbitrary<CanonicalValue>;

test('is JSON of the same value', () => {
  fc.assert(
    fc.property(value, (input) => {
      expect(JSON.parse(canonicalJson(input))).toEqual(JSON.parse(JSON.stringify(input)));
    }),
  );
});

test('does not depend on the order in which keys were set', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.integer()), (input) => {
      const reversed = Object.fromEntries(Object.entries(input).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(input));
    }),
  );
});

test('equal texts mean equal values', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const isEqual = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
      expect(canonicalJson(a) === canonicalJson(b)).toBe(isEqual);
    }),
  );
});

function sorted(input: CanonicalValue): unknown {
  if (Array.isArray(input)) return input.map(sorted);
  if (input === null || typeof input !== 'object') return Object.is(input, -0) ? 0 : input;
  // As entries: JavaScript puts keys that look like numbers first, whatever the order.
  const entries = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  // And not as a list of them, which an array could be.
  return { entries: entries.map(([key, item]) => [key, sorted(item as CanonicalValue)]) };
}

test('refuses what has no canonical text', () => {
  for (const input of [
    0.5,
    Number.NaN,
    2 ** 60,
    undefined,
    () => 1,
    1n,
    '\ud800',
    { a: undefined },
    ['\udfff'],
  ]) {
    expect(() => canonicalJson(input as CanonicalValue)).toThrow(TypeError);
  }
});

test('a few texts, fixed for ever', () => {
  expect(canonicalJson({ b: 1, a: [true, null, 'é\n"\\'], Z: {} })).toBe(
    '{"Z":{},"a":[true,null,"é\\n\\"\\\\"],"b":1}',
  );
  expect(canonicalJson({ '10': 1, '9': 2 })).toBe('{"10":1,"9":2}');
});
