import { AppError, type OstreeErrorCode } from '../../errors';
import { GVariantError } from '../../gvariant';

/** An object whose bytes break its format. The reader who knows its name puts that in front. */
export function corrupt(message: string, cause?: unknown): AppError {
  return new AppError('ostree/object-corrupt', message, { cause });
}

/**
 * Runs `parse`; a GVariantError in it becomes an AppError of `code` that says which format broke.
 */
export function asFormat<T>(
  what: string,
  parse: () => T,
  code: OstreeErrorCode = 'ostree/object-corrupt',
): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof GVariantError)
      throw new AppError(code, `${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
