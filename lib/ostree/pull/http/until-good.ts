import { type AppError, type AppErrorCode, isAppError } from '../../../errors';

/** What can be wrong with content that came. */
const BAD_CONTENT: ReadonlySet<AppErrorCode> = new Set<AppErrorCode>([
  'ostree/object-corrupt',
  'ostree/object-too-large',
  'ostree/repo-invalid',
  'ostree/ref-invalid',
  'ostree/summary-invalid',
  'ostree/signature-invalid',
]);

/** Whether `error` is about content, rather than about the way here or the disk. */
export function isBadContent(error: unknown): error is AppError {
  return isAppError(error) && BAD_CONTENT.has(error.code);
}

/** Whether `error` is about content that may be another at the next try; what is too large may take hours again. */
function isSpoilt(error: unknown): error is AppError {
  return isBadContent(error) && error.code !== 'ostree/object-too-large';
}

/**
 * Runs `fetch`; what it brought and was found bad is fetched once more, past the caches on the way: one of them may hold
 * what once broke off, and a server may have been caught in the middle of a change.
 *
 * @param wait what to do in between
 */
export async function untilGood<T>(
  fetch: (isFresh: boolean) => Promise<T>,
  wait?: () => Promise<void>,
): Promise<T> {
  try {
    return await fetch(false);
  } catch (error) {
    if (!isSpoilt(error)) throw error;
  }
  await wait?.();
  return fetch(true);
}
