import { expect, test } from 'vitest';
import { csvLine } from './csv-line';

test.each([
  [['a', 1, null, ''], 'a,1,,'],
  [['with "quotes"', 'a, comma', 'two\r\nlines'], '"with ""quotes""","a, comma","two\r\nlines"'],
  [['=1+1', '+1', '-1', '@x', '\tx', '=a,b'], `'=1+1,'+1,'-1,'@x,'\tx,"'=a,b"`],
  [[-1, 'a=b'], '-1,a=b'],
])('%j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
