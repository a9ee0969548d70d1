import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { collect, collectPairs, parseIsoSeconds, parseWhole } from './parse-option';

test('whole numbers within bounds, and nothing else', () => {
  expect(parseWhole(0, 10)('10')).toBe(10);
  expect(parseWhole(-1)('-1')).toBe(-1);
  for (const text of ['', ' 1', '1.5', '1e3', '0x10', '11', '-1', '99999999999', 'Infinity']) {
    expect(() => parseWhole(0, 10)(text), text).toThrow(InvalidArgumentError);
  }
});

test('times are UTC where they name no zone', () => {
  expect(parseIsoSeconds('2026-01-01')).toBe(1_767_225_600);
  expect(parseIsoSeconds('2026-01-01T00:00:01')).toBe(1_767_225_601);
  expect(parseIsoSeconds('2026-01-01T01:00:00+01:00')).toBe(1_767_225_600);
  expect(parseIsoSeconds('1970-01-01T00:00:00Z')).toBe(0);
  for (const text of ['', 'yesterday', '2026', '2026-13-01', '2026-01-01T25:00', '1969-12-31', '1e9']) {
    expect(() => parseIsoSeconds(text), text).toThrow(InvalidArgumentError);
  }
});

test('pairs keep what follows the first equals sign', () => {
  const pairs = collectPairs('b=', collectPairs('a=1=2'));
  expect([...pairs]).toEqual([
    ['a', '1=2'],
    ['b', ''],
  ]);
  for (const text of ['a', '=1', '']) expect(() => collectPairs(text), text).toThrow(InvalidArgumentError);
  expect(() => collectPairs('a=2', pairs)).toThrow(/given twice/);
});

test('repeated options are collected in order', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b']);
});
