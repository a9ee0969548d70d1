import { AppError, isAppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import type { ObjectType, SideType } from '../../format/object-path';
import type { Repo } from '../../repo/open-repo';
import { nameObject } from '../../repo/read-object';

/**
 * Runs `fetch`; what it brought and was found bad is fetched once more, past the caches on the way: one of them may hold
 * what once broke off.
 */
export async function untilVerified<T>(fetch: (isFresh: boolean) => Promise<T>): Promise<T> {
  try {
    return await fetch(false);
  } catch (error) {
    if (!isAppError(error, 'ostree/object-corrupt')) throw error;
    return fetch(true);
  }
}

/** `error`, and where it is about what was fetched, with the object's name and where it came from. */
export function nameRemoteObject(
  from: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  error: unknown,
  contentType: string | null,
): unknown {
  const isAboutContent =
    isAppError(error, 'ostree/object-corrupt') ||
    isAppError(error, 'ostree/object-too-large') ||
    isAppError(error, 'ostree/signature-invalid');
  if (!isAboutContent) return error;
  const named = nameObject(from, checksum, type, error);
  if (!isAppError(named) || !contentType?.startsWith('text/html')) return named;
  const message = `${named.message}; the server sent an HTML page`;
  return new AppError(named.code, message, { details: named.details, cause: error });
}
