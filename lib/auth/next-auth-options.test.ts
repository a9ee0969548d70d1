import { expect, test } from 'vitest';
import { sameOriginUrl } from './next-auth-options';

const base = 'https://treeline.example';

test.each([
  ['/promotions/7', 'https://treeline.example/promotions/7'],
  ['https://treeline.example/history?kind=x', 'https://treeline.example/history?kind=x'],
  ['https://evil.example/', base],
  ['//evil.example/', base],
  ['/\\evil.example/', base],
  ['\\\\evil.example', base],
  ['https:evil', 'https://treeline.example/evil'],
  ['javascript:alert(1)', base],
  ['data:text/html,x', base],
  ['https://treeline.example@evil.example/', base],
  ['https://treeline.example.evil.example/', base],
  ['http://treeline.example/', base],
  ['https://treeline.example:444/', base],
  ['http://[', base],
])('after signing in %s leads to %s', (url, wanted) => {
  expect(sameOriginUrl(url, base)).toBe(wanted);
});
