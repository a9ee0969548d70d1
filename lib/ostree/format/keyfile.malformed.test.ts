import { describe, expect, it } from 'vitest';
import { withCode } from '../fixtures/with-code';
import { keyfileString, parseKeyfile } from './keyfile';
import { limits } from './limits';

describe('a key file', () => {
  const MALFORMED: [attack: string, text: string][] = [
    ['a key before any group: whose would it be', 'mode=bare\n[core]\n'],
    ['a line that is neither a group nor a key', '[core]\nmode\n'],
    ['a key without a name', '[core]\n=bare\n'],
    ['a key of blanks', '[core]\n  \t =bare\n'],
    ['a key that holds a bracket, which looks like a group', '[core]\n]mode=bare\n'],
    ['a locale that is not closed', '[core]\nmode[de=bare\n'],
    ['a blank between a key and its locale', '[core]\nmode [de]=bare\n'],
    ['a group without a name', '[]\nmode=bare\n'],
    ['a group that is not closed', '[core\nmode=bare\n'],
    ['a group with something behind it: C readers stop at the bracket', '[core]x\nmode=bare\n'],
    ['a group with a bracket in its name', '[co[re]\nmode=bare\n'],
    ['a group with a control character, to look like another', '[core\u0007]\nmode=bare\n'],
    ['a zero byte, at which C readers see the end of the line', '[core]\nmode=bare\0-user\n'],
    ['a zero byte in a key', '[core]\nmo\0de=bare\n'],
  ];

  it.each(MALFORMED)('is refused with %s', (_, text) => {
    expect(() => parseKeyfile(text)).toThrow(withCode('ostree/repo-invalid'));
    expect(() => parseKeyfile(text)).toThrow(/^line [12] /);
  });

  it('of blanks alone, as long as a config may be, is read at once and not in the square of its length', () => {
    const blanks = ' '.repeat(limits.configSizeBytesMax - 100);
    for (const line of [`a${blanks}b`, `a${blanks}`, `a[${blanks}`, `[${blanks}`, `a${blanks}[`]) {
      expect(() => parseKeyfile(`[core]\n${line}`)).toThrow(withCode('ostree/repo-invalid'));
    }
    expect(keyfileString(parseKeyfile(`[core]\na${blanks}=b`), 'core', 'a')).toBe('b');
  });

  it('has the name of an object’s own property for a key like any other', () => {
    const keyfile = parseKeyfile('[__proto__]\nconstructor=x\n');
    expect(keyfileString(keyfile, '__proto__', 'constructor')).toBe('x');
    expect(keyfileString(keyfile, 'constructor', 'name')).toBeNull();
  });
});
