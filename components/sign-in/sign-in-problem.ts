import type { ProblemDto } from '@/lib/contracts/scalars';

/**
 * What to tell someone who was not let in. It never says which of name and password was wrong.
 * @param error what next-auth hands on: `CredentialsSignin`, or the code that the server threw
 * @param status HTTP status, 0 where there was no answer
 */
export function signInProblem(error: string | null, status: number): ProblemDto {
  if (error?.includes('too-many-attempts') || status === 429) {
    return problem(
      'too-many-attempts',
      429,
      'Too many attempts',
      'Wait a few minutes, then try again. An admin can reset your password.',
    );
  }
  if (error?.includes('sign-in-failed') || error === 'CredentialsSignin' || status === 401) {
    return problem(
      'sign-in-failed',
      401,
      'Name and password don’t match',
      'Check both. If you have forgotten the password, ask an admin to reset it.',
    );
  }
  if (status === 0) {
    return problem(
      'unreachable',
      0,
      'Treeline can’t be reached',
      'The network or the server is down. Try again in a moment.',
    );
  }
  return problem(
    'internal',
    status,
    'Signing in doesn’t work at the moment',
    'That is not your doing. Try again; if it stays, look into the web process’s log.',
  );
}

function problem(code: string, status: number, title: string, detail: string): ProblemDto {
  return { type: 'about:blank', code, status, title, detail };
}
