import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GVariantError, parseVariant, printVariant, serializeVariant } from './index';

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
