import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeLine, escapeLines, joinEscaped } from './terminal-text';

test.each([
  // A commit subject that would recolour, or answer for, the terminal.
  ['\x1b[31mred\x1b[0m', '\\u{1b}[31mred\\u{1b}[0m'],
  ['\x9b31m', '\\u{9b}31m'],
  // A file name that would look like two lines, or hide its beginning.
  ['a\nb', 'a\\nb'],
  ['safe\rrm', 'safe\\rrm'],
  ['a\tb', 'a\\tb'],
  // A name that reads backwards, or that looks empty.
  ['abc\u202etxt.exe', 'abc\\u{202e}txt.exe'],
  ['\u200b', '\\u{200b}'],
  ['a\u2028b', 'a\\u{2028}b'],
  ['\ud800', '\\u{d800}'],
])('%j becomes %j', (text, expected) => {
  expect(escapeLine(text)).toBe(expected);
});

test('ordinary text of any script stays as it is', () => {
  for (const text of ['Größe', '日本語', '🚀 release', "it's 100% {ok}", ''])
    expect(escapeLine(text)).toBe(text);
});

test('nothing that a terminal obeys is left, and escaping twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = escapeLine(text);
      expect(safe).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      expect(escapeLine(safe)).toBe(safe);
    }),
  );
});

test('lines are kept apart, and a final newline makes no line', () => {
  expect(escapeLines('a\nb\x1b\n')).toEqual(['a', 'b\\u{1b}']);
  expect(escapeLines('a\n\n')).toEqual(['a', '']);
});

test('many lines at once come out as each alone does', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom('', 'plain', 'two\nlines', 'tab\t', 'Größe', '\x1b[0m'));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      expect(joinEscaped(lines)).toBe(lines.map(escapeLine).join('\n'));
    }),
  );
});
