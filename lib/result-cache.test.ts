import { expect, test } from 'vitest';
import { ResultCache } from './result-cache';

test('the cache holds what fits, drops what was used least, and makes each thing once', async () => {
  const cache = new ResultCache(100);
  for (let i = 0; i < 12; i++) cache.set(`k${i}`, i, 10);
  expect(cache.get('k0')).toBeUndefined();
  expect(cache.get('k11')).toBe(11);
  cache.set('huge', 1, 26);
  expect(cache.get('huge')).toBeUndefined();
  let made = 0;
  const make = async () => {
    made += 1;
    return 'value';
  };
  await Promise.all([1, 2, 3].map(() => cache.getOrMake('once', make, () => 1)));
  expect(made).toBe(1);
  await expect(
    cache.getOrMake(
      'fails',
      () => Promise.reject(new Error('no')),
      () => 1,
    ),
  ).rejects.toThrow('no');
  expect(
    await cache.getOrMake(
      'fails',
      async () => 'yes',
      () => 1,
    ),
  ).toBe('yes');
});
