import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GVariantError, parseVariant, printVariant, serializeVariant, type Value } from './index';

/** Written by fixtures/make-golden.py, which asks GLib. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/golden.json', import.meta.url), 'utf8')) as {
  values: { type: string; hex: string; text: string }[];
  damaged: [type: string, hex: string, isNormal: boolean][];
};

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

describe('values that GLib wrote', () => {
  it('are there in number', () => {
    expect(golden.values.length).toBeGreaterThan(300);
    expect(golden.damaged.length).toBeGreaterThan(2000);
  });

  it.each(golden.values.map((entry) => [`${entry.type} ${entry.text.slice(0, 60)}`, entry] as const))(
    'reads, prints and writes %s',
    (_, { type, hex, text }) => {
      const value = parseVariant(type, bytesOf(hex));
      expect(printVariant(type, value)).toBe(text);
      expect(Buffer.from(serializeVariant(type, value)).toString('hex')).toBe(hex);
    },
  );
});

describe('values that no vector holds', () => {
  // As GLib prints them, which fuzz.test.ts holds them against where it can.
  it.each([
    ['d', Number.NaN, 'nan'],
    ['d', Number.POSITIVE_INFINITY, 'inf'],
    ['d', Number.NEGATIVE_INFINITY, '-inf'],
    ['d', 12_345_678_901_234_568, '12345678901234568.0'],
    ['s', 'a\u{e0001}b', "'a\\U000e0001b'"],
    ['aay', [new Uint8Array([1]), new Uint8Array(0)], '[[byte 0x01], []]'],
  ] as const)('prints and reads %s %j', (type, value, text) => {
    expect(printVariant(type, value as Value)).toBe(text);
    expect(parseVariant(type, serializeVariant(type, value as Value))).toEqual(value);
  });
});

describe('damaged bytes', () => {
  it('are never taken where GLib refuses them', () => {
    const lax = golden.damaged.filter(([type, hex, isNormal]) => !isNormal && refusalOf(type, hex) === null);
    expect(lax).toEqual([]);
  });

  it('are refused where GLib takes them only if a tuple of no bytes stands for one that needs some', () => {
    // GLib lets that pass as the default value: a second spelling, which would make equal values differ in checksum.
    const strict = golden.damaged.filter(
      ([type, hex, isNormal]) => isNormal && refusalOf(type, hex) !== null,
    );
    expect(strict.map(([type, hex]) => refusalOf(type, hex))).toEqual(strict.map(() => TOO_SHORT));
    expect(strict.length).toBeLessThan(10);
  });

  it('serialise to themselves where they are taken', () => {
    const taken = golden.damaged.filter(([type, hex]) => refusalOf(type, hex) === null);
    expect(taken.length).toBeGreaterThan(500);
    for (const [type, hex] of taken) {
      const value = parseVariant(type, bytesOf(hex));
      expect(Buffer.from(serializeVariant(type, value)).toString('hex')).toBe(hex);
    }
  });
});

const TOO_SHORT = 'a tuple is too short for its offsets';

/** Why the bytes are refused, or null. */
function refusalOf(type: string, hex: string): string | null {
  try {
    parseVariant(type, bytesOf(hex));
    return null;
  } catch (error) {
    if (error instanceof GVariantError) return error.message;
    throw error;
  }
}
