import { expect, test } from 'vitest';
import { keepParsed } from './keep-parsed';

test('a text is parsed once while it is among the last used, and nobody changes what it says', () => {
  const parsed: string[] = [];
  const parse = keepParsed((text: string): { refs: string[] } => {
    parsed.push(text);
    return JSON.parse(text);
  }, 40);
  const first = '{"refs":["one"]}';
  const second = '{"refs":["two"]}';
  expect(parse(first)).toBe(parse(first));
  expect(() => parse(first).refs.push('more')).toThrow(TypeError);
  parse(second);
  parse(first);
  expect(parsed).toEqual([first, second]);
  // There is room for two: the one that was used longest ago goes.
  parse('{"refs":["three"]}');
  parse(first);
  parse(second);
  expect(parsed.slice(2)).toEqual(['{"refs":["three"]}', second]);
});

test('what is larger than the room is parsed each time, and what is no value is no hit', () => {
  let count = 0;
  const parse = keepParsed((text: string) => {
    count += 1;
    if (text === 'bad') throw new Error('bad');
    return text.length;
  }, 3);
  expect([parse('long text'), parse('long text')]).toEqual([9, 9]);
  expect(count).toBe(2);
  expect(() => parse('bad')).toThrow('bad');
  expect(() => parse('bad')).toThrow('bad');
  expect(count).toBe(4);
});
