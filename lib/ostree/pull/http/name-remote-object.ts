import { AppError, isAppError } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import type { ObjectType, SideType } from '../../format/object-path';
import type { Repo } from '../../repo/open-repo';
import { nameObject } from '../../repo/read-object';
import { isBadContent } from './until-good';

/** `error`, and where it is about what was fetched, with the object's name and where it came from. */
export function nameRemoteObject(
  from: Repo,
  checksum: Checksum,
  type: ObjectType | SideType,
  error: unknown,
  contentType: string | null,
): unknown {
  if (!isBadContent(error)) return error;
  const named = nameObject(from, checksum, type, error);
  if (!isAppError(named) || !contentType?.startsWith('text/html')) return named;
  const message = `${named.message}; the server sent an HTML page`;
  return new AppError(named.code, message, { details: named.details, cause: error });
}
