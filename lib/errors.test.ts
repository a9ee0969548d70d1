import { expect, test, vi } from 'vitest';
import { AppError, isAppError } from './errors';

test('an error of another copy of this module is known, with its code', async () => {
  vi.resetModules();
  const copy = await import('./errors');
  const error = new copy.AppError('not-found', 'there is none');
  expect(copy.AppError).not.toBe(AppError);
  expect(isAppError(error)).toBe(true);
  expect(isAppError(error, 'not-found')).toBe(true);
  expect(isAppError(error, 'conflict')).toBe(false);
});

test.each([
  ['another error', new Error('not-found')],
  ['what was sent as JSON', JSON.parse(JSON.stringify(new AppError('not-found', 'there is none')))],
  ['an error with a code', Object.assign(new Error('x'), { code: 'not-found' })],
  ['null', null],
])('%s is none', (_, thrown) => {
  expect(isAppError(thrown)).toBe(false);
});
