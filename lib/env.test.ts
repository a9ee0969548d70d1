import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readEnv } from './env';

test('an empty environment gives the defaults', () => {
  expect(readEnv({})).toEqual({
    homePath: resolve('.treeline'),
    databaseUrl: undefined,
    publicUrl: undefined,
    repoUrl: undefined,
    logLevel: 'info',
    isDevelopment: false,
  });
});

test('an empty variable counts as absent, and a trailing slash goes', () => {
  const env = readEnv({ TREELINE_HOME: '', NEXTAUTH_URL: 'https://releases.example/' });
  expect(env.homePath).toBe(resolve('.treeline'));
  expect(env.publicUrl).toBe('https://releases.example');
});

test('a wrong value is refused by name and not repeated', () => {
  expect(() => readEnv({ NEXTAUTH_URL: 'javascript:secret' })).toThrow(
    /^environment variable NEXTAUTH_URL: (?!.*secret)/,
  );
  expect(() => readEnv({ TREELINE_LOG_LEVEL: 'loud' })).toThrow(/^environment variable TREELINE_LOG_LEVEL/);
});
