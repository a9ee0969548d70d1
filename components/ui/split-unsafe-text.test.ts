import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitUnsafeText } from './split-unsafe-text';

const escaped = (text: string, keep?: string) =>
  splitUnsafeText(text, keep)
    .filter(({ kind }) => kind === 'escaped')
    .map(({ text: code }) => code);

describe('splitUnsafeText', () => {
  it.each([
    // "photo_gpj.exe" that reads as "photo_exe.jpg".
    ['right-to-left override', 'photo_\u202Egpj.exe', 'U+202E'],
    // Two refs that look the same.
    ['zero-width space', 'sta\u200Bble', 'U+200B'],
    // A line of its own in a list of lines.
    ['newline', 'a\nb', '\\n'],
    ['carriage return', 'a\rb', '\\r'],
    // Commands to the terminal that the text is pasted into.
    ['escape', 'a\u001B[2J', 'U+001B'],
    ['line separator', 'a\u2028b', 'U+2028'],
    ['tag character', 'a\u{E0041}', 'U+E0041'],
    ['byte order mark', '\uFEFFa', 'U+FEFF'],
    ['lone surrogate', 'a\uD800', 'U+D800'],
    ['Hangul filler', 'a\u3164', 'U+3164'],
    ['soft hyphen', 'a\u00ADb', 'U+00AD'],
  ])('shows a %s', (_, text, code) => {
    expect(escaped(text)).toEqual([code]);
  });

  it('leaves words of any script alone', () => {
    for (const text of ['os/amd64/stable', 'Übergröße', 'עברית', '日本語 テスト', '7.4.2 — “stable”', '😀'])
      expect(splitUnsafeText(text)).toEqual([{ kind: 'plain', text }]);
  });

  it('keeps what it is told to keep', () => {
    expect(escaped('a\tb\u200B', '\t')).toEqual(['U+200B']);
    expect(escaped('a\n\tb', '\n\t')).toEqual([]);
  });

  it('gives an empty text as one empty part', () => {
    expect(splitUnsafeText('')).toEqual([{ kind: 'plain', text: '' }]);
  });

  it('never lets a bidi control, a control or a zero-width character through as plain text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const part of splitUnsafeText(text))
          expect(part.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
