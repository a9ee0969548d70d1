import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyType, text, typed } from './fixtures/typed-value';
import {
  type Dict,
  GVariantError,
  parseDict,
  parseVariant,
  serializeDict,
  serializeVariant,
  TupleReader,
  type Value,
} from './index';

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

describe('a member of a tuple', () => {
  it('is found without the others, wherever it lies', () => {
    fc.assert(
      fc.property(fc.array(typed, { minLength: 1, maxLength: 6 }), fc.nat(), (members, choice) => {
        const type = `(${members.map((member) => member.type).join('')})`;
        const bytes = serializeVariant(
          type,
          members.map((member) => member.value),
        );
        const index = choice % members.length;
        const reader = new TupleReader(type, bytes);
        const { type: memberType, value } = members[index] as (typeof members)[number];
        expect(reader.value(index)).toEqual(value);
        expect(parseVariant(memberType, bytes.subarray(reader.start(index), reader.end(index)))).toEqual(
          value,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where it would lie outside', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(1), (bytes, index) => {
        try {
          const reader = new TupleReader('(a(s(taya{sv}))a{sv})', bytes);
          expect(reader.end(index)).toBeLessThanOrEqual(bytes.length);
          reader.value(index);
        } catch (error) {
          expect(error).toBeInstanceOf(GVariantError);
        }
      }),
      { numRuns: 3000 },
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
