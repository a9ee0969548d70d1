import { describe, expect, it } from 'vitest';
import { describeMode } from './describe-mode';

describe('describeMode', () => {
  it.each([
    ['0100644', '-rw-r--r--', '0644', []],
    ['0104755', '-rwsr-xr-x', '4755', ['setuid']],
    ['0102644', '-rw-r-Sr--', '2644', ['setgid']],
    ['040755', 'drwxr-xr-x', '0755', []],
    ['041777', 'drwxrwxrwt', '1777', []],
    ['040777', 'drwxrwxrwx', '0777', ['world-writable']],
    ['0120777', 'lrwxrwxrwx', '0777', []],
    ['0100666', '-rw-rw-rw-', '0666', ['world-writable']],
  ])('%s is %s', (mode, symbolic, permissions, flags) => {
    expect(describeMode(mode)).toEqual({ symbolic, permissions, flags });
  });

  it('gives text that is no mode back as it is', () => {
    expect(describeMode('??').symbolic).toBe('??');
  });
});
