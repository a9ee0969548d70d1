import { notFound } from 'next/navigation';
import type { ProblemDto } from '@/lib/contracts/scalars';
import { type AppErrorCode, isAppError } from '@/lib/errors';
import { problemOf } from '@/lib/http/problem';

export type Loaded<T> = { data: T; problem: null } | { data: null; problem: ProblemDto };

/** What is not there: the not-found page says it better than an error. */
const NOT_THERE: ReadonlySet<AppErrorCode> = new Set<AppErrorCode>([
  'not-found',
  'input-invalid',
  'ostree/rev-not-found',
  'ostree/ref-not-found',
  'ostree/ref-invalid',
  'ostree/checksum-invalid',
]);

/**
 * Awaits a service's answer for a page. What is not there becomes the not-found page; what else Treeline
 * says went wrong comes back as a problem to show in place (Next hides a server error's text from the
 * browser). Bugs go on to the error page.
 */
export async function load<T>(answer: Promise<T>): Promise<Loaded<T>> {
  try {
    return { data: await answer, problem: null };
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (NOT_THERE.has(error.code)) notFound();
    return { data: null, problem: problemOf(error) };
  }
}
