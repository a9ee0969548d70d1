import { describe, expect, it } from 'vitest';
import { signInProblem } from './sign-in-problem';

describe('signInProblem', () => {
  it.each([
    ['CredentialsSignin', 401, 'sign-in-failed'],
    ['sign-in-failed', 401, 'sign-in-failed'],
    ['too-many-attempts', 401, 'too-many-attempts'],
    [null, 429, 'too-many-attempts'],
    [null, 0, 'unreachable'],
    ['Configuration', 500, 'internal'],
  ])('%s with status %i is %s', (error, status, code) => {
    expect(signInProblem(error, status).code).toBe(code);
  });

  it('never says whether the name exists', () => {
    const { title, detail } = signInProblem('CredentialsSignin', 401);
    expect(`${title} ${detail}`).not.toMatch(/unknown|no such|wrong password/i);
  });
});
