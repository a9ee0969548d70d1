import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from './diff-lines';

test('a diff of lines, put on the old text, gives the new one', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(before, after);
      const strip = (value: string) =>
        value === '' ? [] : (value.endsWith('\n') ? value.slice(0, -1) : value).split('\n');
      const old = strip(before);
      const fresh = strip(after);
      let [from, to] = [0, 0];
      for (const line of lines) {
        if (line.kind === 'skip') {
          const count = Number(line.text.split(' ')[0]);
          expect(old.slice(from, from + count)).toEqual(fresh.slice(to, to + count));
          from += count;
          to += count;
          continue;
        }
        if (line.kind !== 'added') {
          expect([line.fromLine, line.text]).toEqual([from + 1, old[from]]);
          from += 1;
        }
        if (line.kind !== 'removed') {
          expect([line.toLine, line.text]).toEqual([to + 1, fresh[to]]);
          to += 1;
        }
      }
      expect([from, to]).toEqual([old.length, fresh.length]);
    }),
    { numRuns: 500 },
  );
});

test('texts that differ in everything are compared within a second', () => {
  const lines = (prefix: string) => Array.from({ length: 20_000 }, (_, i) => `${prefix}${i}`).join('\n');
  const started = performance.now();
  expect(diffLines(lines('a'), lines('b'))).toHaveLength(40_000);
  expect(performance.now() - started).toBeLessThan(5000);
});
