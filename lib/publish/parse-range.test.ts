import { describe, expect, test } from 'vitest';
import { parseRange } from './parse-range';

describe('ranges of a file of 100 bytes', () => {
  test.each([
    ['bytes=0-9', { first: 0, last: 9 }],
    ['bytes=90-', { first: 90, last: 99 }],
    ['bytes=90-1000', { first: 90, last: 99 }],
    ['bytes=-10', { first: 90, last: 99 }],
    ['bytes=-1000', { first: 0, last: 99 }],
    ['BYTES=0-0', { first: 0, last: 0 }],
  ])('%s', (header, range) => {
    expect(parseRange(header, 100)).toEqual(range);
  });

  test.each([
    undefined,
    'bytes=',
    'bytes=-',
    'bytes=9-0',
    'bytes=0-1,3-4',
    'lines=0-9',
    'bytes=a-b',
    'bytes=0x1-2',
  ])('%s is ignored', (header) => {
    expect(parseRange(header, 100)).toBe('whole');
  });

  test.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])('%s cannot be satisfied', (header) => {
    expect(parseRange(header, 100)).toBe('unsatisfiable');
  });

  test('an empty file satisfies no range', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
  });
});
