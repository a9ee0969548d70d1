import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { allOver } from './all-over';

test('gives what each gave', async () => {
  expect(await allOver([Promise.resolve(1), pause(2, 'two')])).toEqual([1, 'two']);
});

test('fails with the first of the list that failed, when all are over', async () => {
  const over: string[] = [];
  const slow = pause(20).then(() => over.push('slow'));
  const failed = pause(1).then(() => Promise.reject(new Error('failed')));
  await expect(allOver([slow, failed])).rejects.toThrow('failed');
  expect(over).toEqual(['slow']);
});
