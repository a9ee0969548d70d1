import { AppError, type AppErrorCode, isAppError } from '../../errors';

/** An error in a form that can be sent from thread to thread with everything that is decided on. */
export type SentError =
  | { readonly kind: 'app'; code: AppErrorCode; message: string; details: AppError['details'] }
  | { readonly kind: 'system'; message: string; code?: string; syscall?: string; stack?: string };

/** @param error whatever was thrown */
export function sendableError(error: unknown): SentError {
  if (isAppError(error)) {
    return { kind: 'app', code: error.code, message: error.message, details: { ...error.details } };
  }
  const { message, code, syscall, stack } =
    error instanceof Error
      ? (error as NodeJS.ErrnoException)
      : (new Error(String(error)) as NodeJS.ErrnoException);
  return {
    kind: 'system',
    message,
    ...(code !== undefined && { code }),
    ...(syscall !== undefined && { syscall }),
    ...(stack !== undefined && { stack }),
  };
}

/** The error that was sent, as its thrower would have thrown it here. */
export function receivedError(sent: SentError): Error {
  if (sent.kind === 'app') return new AppError(sent.code, sent.message, { details: sent.details });
  const { message, ...rest } = sent;
  return Object.assign(new Error(message), rest);
}
