import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Dict,
  GVariantError,
  parseDict,
  parseVariant,
  serializeDict,
  serializeVariant,
  type Value,
} from './index';

/** A type with a value of it. */
interface Typed {
  type: string;
  value: Value;
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => !s.includes('\0'));
const BASIC: Record<string, fc.Arbitrary<Value>> = {
  b: fc.boolean(),
  y: fc.integer({ min: 0, max: 0xff }),
  n: fc.integer({ min: -0x8000, max: 0x7fff }),
  q: fc.integer({ min: 0, max: 0xffff }),
  i: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  h: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  u: fc.integer({ min: 0, max: 0xffffffff }),
  x: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  d: fc.double({ noNaN: true }),
  s: text,
  o: fc.constantFrom('/', '/a', '/org/example/b_2'),
  g: fc.constantFrom('', 's', 'a{sv}', '(ii)u'),
};
const basicType = fc.constantFrom(...Object.keys(BASIC));
const { type: anyType } = fc.letrec<{ type: string }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    basicType,
    fc.constant('v'),
    tie('type').map((inner) => `a${inner}`),
    tie('type').map((inner) => `m${inner}`),
    fc.tuple(basicType, tie('type')).map(([key, value]) => `a{${key}${value}}`),
    fc.array(tie('type'), { maxLength: 4 }).map((members) => `(${members.join('')})`),
  ),
}));

const typed: fc.Arbitrary<Typed> = anyType.chain((type) =>
  valueFor(type, 0).map((value) => ({ type, value })),
);

function valueFor(type: string, depth: number): fc.Arbitrary<Value> {
  const basic = BASIC[type];
  if (basic !== undefined) return basic;
  if (type === 'ay') return fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes));
  const inner = type.slice(1);
  switch (type.charAt(0)) {
    case 'v': {
      const childType = depth > 3 ? basicType : anyType;
      return childType.chain((child) => valueFor(child, depth + 1).map((value) => ({ type: child, value })));
    }
    case 'a':
      return fc.array(valueFor(inner, depth + 1), { maxLength: 4 });
    case 'm':
      return fc.option(valueFor(inner, depth + 1).map((just): Value => ({ just })));
    default: {
      const members = splitMembers(inner.slice(0, -1)).map((member) => valueFor(member, depth + 1));
      return fc.tuple(...members) as fc.Arbitrary<Value>;
    }
  }
}

function splitMembers(types: string): string[] {
  const members: string[] = [];
  let start = 0;
  let depth = 0;
  for (let at = 0; at < types.length; at++) {
    const char = types.charAt(at);
    if (char === '(' || char === '{') depth++;
    if (char === ')' || char === '}') depth--;
    if (depth > 0 || char === 'a' || char === 'm') continue;
    members.push(types.slice(start, at + 1));
    start = at + 1;
  }
  return members;
}

describe('round trips', () => {
  it.each(['little', 'big'] as const)('give back any value of any type, %s-endian', (endian) => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const bytes = serializeVariant(type, value, { endian });
        expect(parseVariant(type, bytes, { endian })).toEqual(value);
      }),
      { numRuns: 600 },
    );
  });

  it('accept no bytes but those that they would write', () => {
    fc.assert(
      fc.property(anyType, fc.uint8Array({ maxLength: 60 }), (type, bytes) => {
        let value: Value;
        try {
          value = parseVariant(type, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(GVariantError);
          return;
        }
        expect(Buffer.from(serializeVariant(type, value))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('keep their meaning at any place in a larger buffer', () => {
    fc.assert(
      fc.property(typed, fc.integer({ min: 1, max: 9 }), ({ type, value }, shift) => {
        const bytes = serializeVariant(type, value);
        const larger = new Uint8Array(bytes.length + shift);
        larger.set(bytes, shift);
        expect(parseVariant(type, larger.subarray(shift))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('dicts', () => {
  const dict = fc
    .array(fc.tuple(text, typed), { maxLength: 8 })
    .map((entries): Dict => new Map(entries.map(([key, variant]) => [key, variant])));

  it('come back equal', () => {
    fc.assert(
      fc.property(dict, (entries) => {
        expect(parseDict(serializeDict(entries))).toEqual(entries);
      }),
    );
  });

  it('are written alike in whatever order their keys were set', () => {
    fc.assert(
      fc.property(dict, (entries) => {
        const reversed: Dict = new Map([...entries].reverse());
        expect(serializeDict(reversed)).toEqual(serializeDict(entries));
      }),
    );
  });

  it('sort their keys by UTF-8 bytes, not by UTF-16 units', () => {
    const entries: Dict = new Map([
      ['\u{1f600}', { type: 'y', value: 1 }],
      ['\uffee', { type: 'y', value: 2 }],
    ]);
    expect([...parseDict(serializeDict(entries)).keys()]).toEqual(['\uffee', '\u{1f600}']);
  });

  it('take no bytes at all for the empty dict', () => {
    expect(parseDict(new Uint8Array(0)).size).toBe(0);
  });
});
