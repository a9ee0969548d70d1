import { AppError } from '../errors';

/** Requests that one token may make within the window, of each web process. */
export const REQUESTS_PER_WINDOW = 300;
export const REQUEST_WINDOW_SECONDS = 60;

/**
 * Counts the requests of each token in windows of a minute, in the memory of one web process: it keeps a program that
 * runs wild from everybody else. Guessing a token needs no limit: there are 2^256.
 */
export class TokenLimits {
  private windowStart = 0;
  private readonly counts = new Map<string, number>();

  /** Counts one request at `now`. @throws AppError `too-many-attempts` where the token has had its share */
  count(tokenId: string, now: Date): void {
    const start = Math.floor(now.getTime() / 1000 / REQUEST_WINDOW_SECONDS);
    if (start !== this.windowStart) {
      this.windowStart = start;
      this.counts.clear();
    }
    const count = (this.counts.get(tokenId) ?? 0) + 1;
    this.counts.set(tokenId, count);
    if (count <= REQUESTS_PER_WINDOW) return;
    throw new AppError(
      'too-many-attempts',
      `this token has made ${REQUESTS_PER_WINDOW} requests within a minute; wait for the next one`,
    );
  }
}
