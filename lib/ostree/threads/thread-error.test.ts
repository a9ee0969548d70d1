import { expect, test } from 'vitest';
import { AppError, isAppError } from '../../errors';
import { systemError } from '../fixtures/faulty-fs';
import { receivedError, sendableError } from './thread-error';

/** The error as it is on the other side. */
function sent(error: unknown): Error {
  return receivedError(structuredClone(sendableError(error)));
}

test('an error of ours arrives with its code and its details', () => {
  const error = sent(
    new AppError('ostree/object-missing', 'it is missing', { details: { object: 'x.file' } }),
  );
  expect(isAppError(error, 'ostree/object-missing')).toBe(true);
  expect(error).toMatchObject({ message: 'it is missing', details: { object: 'x.file' } });
});

test('an error of the system arrives with its code and where it was thrown', () => {
  const thrown = systemError('ENOSPC', 'linkat');
  const error = sent(thrown);
  expect(isAppError(error)).toBe(false);
  expect(error).toMatchObject({ message: thrown.message, code: 'ENOSPC', syscall: 'linkat' });
  expect(error.stack).toBe(thrown.stack);
});

test('a bug arrives as one, whatever was thrown', () => {
  expect(sent(new TypeError('x is not a function'))).toMatchObject({ message: 'x is not a function' });
  expect(sent(new TypeError('x is not a function'))).not.toHaveProperty('code');
  expect(sent('a string')).toMatchObject({ message: 'a string' });
  const bare = new Error('without a stack');
  delete bare.stack;
  expect(sent(bare).message).toBe('without a stack');
});
