/** Areas of the code that have error codes of their own; each code is `<area>/<what>`. */
export type AppErrorCode = OstreeErrorCode | ProductErrorCode;

/** What the engine can say went wrong. A closed union: add here, never invent at the call site. */
export type OstreeErrorCode =
  | 'ostree/repo-not-found'
  | 'ostree/repo-invalid'
  | 'ostree/repo-unsupported'
  | 'ostree/repo-moved'
  | 'ostree/repo-read-only'
  | 'ostree/ref-invalid'
  | 'ostree/ref-not-found'
  | 'ostree/ref-conflict'
  | 'ostree/ref-moved'
  | 'ostree/rev-not-found'
  | 'ostree/rev-ambiguous'
  | 'ostree/checksum-invalid'
  | 'ostree/object-missing'
  | 'ostree/object-corrupt'
  | 'ostree/object-too-large'
  | 'ostree/commit-partial'
  | 'ostree/metadata-missing'
  | 'ostree/path-not-found'
  | 'ostree/path-invalid'
  | 'ostree/mode-mismatch'
  | 'ostree/source-changed'
  | 'ostree/summary-invalid'
  | 'ostree/summary-unrenewable'
  | 'ostree/signature-invalid'
  | 'ostree/binding-mismatch'
  | 'ostree/url-invalid'
  | 'ostree/fetch-failed'
  | 'ostree/key-invalid'
  | 'ostree/gpg-failed'
  | 'ostree/lock-timeout'
  | 'ostree/no-space'
  | 'ostree/io-failed'
  | 'ostree/aborted';

/** What the product (services, jobs, signer, CLI) can say went wrong. */
export type ProductErrorCode =
  | 'input-invalid'
  | 'not-signed-in'
  | 'password-change-required'
  | 'sign-in-failed'
  | 'too-many-attempts'
  | 'forbidden'
  | 'origin-refused'
  | 'not-found'
  | 'conflict'
  | 'name-taken'
  | 'own-request'
  | 'already-decided'
  | 'plan-changed'
  | 'plan-blocked'
  | 'must-wait'
  | 'nothing-to-promote'
  | 'state-changed'
  | 'target-moved'
  | 'target-drifted'
  | 'target-damaged'
  | 'source-changed'
  | 'keys-insufficient'
  | 'lease-lost'
  | 'cancelled'
  | 'signer-unreachable'
  | 'signer-refused'
  | 'probe-failed'
  | 'publish-failed'
  | 'home-missing'
  | 'home-exists'
  | 'home-unsafe'
  | 'database-unavailable'
  | 'usage'
  | 'internal';

export interface AppErrorOptions {
  /** Shown to a person instead of `message` where the two differ. */
  userMessage?: string;
  /** Names of the things concerned: object, ref, path, stage. Never a secret, never file content. */
  details?: Readonly<Record<string, string | number | boolean | null>>;
  cause?: unknown;
}

/** Marks an AppError of any copy of this module: those of Next's pages and of its route handlers meet in one process. */
const mark = Symbol.for('treeline.app-error');

/**
 * The one error that Treeline throws on purpose. Anything else that is thrown is a bug.
 * Decide on `code`, never on `message`.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly [mark] = true;
  readonly code: AppErrorCode;
  readonly userMessage: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: AppErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.userMessage = options.userMessage ?? message;
    this.details = options.details ?? {};
  }
}

/** Whether `error` is an AppError, with `code` if one is given. */
export function isAppError(error: unknown, code?: AppErrorCode): error is AppError {
  return error instanceof Error && mark in error && (code === undefined || (error as AppError).code === code);
}

/** The errno name (`ENOENT`) of a system error, else undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}

/** Whether a system call ended in `error`: Node's own have the name of the error and of the call. */
export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return errnoOf(error) !== undefined && 'syscall' in (error as Error);
}
