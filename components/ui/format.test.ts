import { describe, expect, it } from 'vitest';
import { formatDuration, formatRelativeTime } from './format-relative-time';
import { formatSize } from './format-size';

describe('formatSize', () => {
  it.each([
    ['0', '0 B'],
    ['1023', '1023 B'],
    ['1024', '1 KiB'],
    ['39950000', '38.1 MiB'],
    ['1048575', '1 MiB'],
    ['107374182400', '100 GiB'],
    ['-3072', '−3 KiB'],
    ['18446744073709551615', '16 EiB'],
  ])('%s bytes is %s', (bytes, expected) => {
    expect(formatSize(bytes)).toBe(expected);
  });
  it('shows the sign of growth only where a change is meant', () => {
    expect([formatSize('12288', true), formatSize('0', true)]).toEqual(['+12 KiB', '0 B']);
  });
});

describe('formatRelativeTime', () => {
  const now = Date.parse('2026-11-20T12:00:00.000Z');
  const ago = (seconds: number) => formatRelativeTime(new Date(now - seconds * 1000).toISOString(), now);
  it.each([
    [0, 'just now'],
    [9, 'just now'],
    [18, '18 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3600, '1 h ago'],
    [86_400, '1 day ago'],
    [86_400 * 13, '13 days ago'],
    [86_400 * 14, '2 weeks ago'],
    [86_400 * 61, '2 months ago'],
    [86_400 * 800, '2 years ago'],
    [-3600 * 3, 'in 3 h'],
  ])('%i s before is %s', (seconds, expected) => {
    expect(ago(seconds)).toBe(expected);
  });
  it('gives text that is no time back', () => {
    expect(formatRelativeTime('soon', now)).toBe('soon');
  });
});

describe('formatDuration', () => {
  it.each([
    [310, '0.31 s'],
    [12_400, '12 s'],
    [192_000, '3 min 12 s'],
    [119_700, '2 min'],
    [7_500_000, '2 h 5 min'],
    [-5, '0.00 s'],
  ])('%i ms is %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });
});
