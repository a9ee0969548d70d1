/**
 * A request failed in a way that may be gone at the next try. It never leaves this folder: when there are no tries
 * left, HttpClient turns it into an AppError.
 */
export class TransientFailure extends Error {
  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number | null } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }

  /** What the server asked for. */
  readonly retryAfterSeconds: number | null;
}

const DELAY_MILLISECONDS_MAX = 10_000;
/** What a server may make us wait at most. */
const RETRY_AFTER_SECONDS_MAX = 60;

/** Whether an answer of that status may be another one at the next try: the server is busy, broken or restarting. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/**
 * Whether the server says that it has no such file.
 * @see libostree `_ostree_fetcher_http_status_code_to_io_error`: object stores answer 403 for what they do not hold
 */
export function isAbsentStatus(status: number): boolean {
  return status === 403 || status === 404 || status === 410;
}

/**
 * How long to wait before the next try.
 * @param failures how many tries have failed in a row, from 1
 * @param random in [0, 1): keeps clients apart that failed at the same moment
 */
export function retryDelayMilliseconds(
  failures: number,
  retryAfterSeconds: number | null,
  { backoffMilliseconds, random }: { backoffMilliseconds: number; random: number },
): number {
  const backoff = Math.min(DELAY_MILLISECONDS_MAX, backoffMilliseconds * 2 ** (failures - 1));
  const asked = Math.min(RETRY_AFTER_SECONDS_MAX, Math.max(0, retryAfterSeconds ?? 0)) * 1000;
  return Math.max(asked, backoff * (0.5 + random / 2));
}

/** The seconds that a `Retry-After` header names; null for a date or anything else. */
export function parseRetryAfter(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : null;
}
