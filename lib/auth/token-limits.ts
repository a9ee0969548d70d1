import type { Database } from '../db/client';
import { takeTokenUses } from '../db/token-use';
import { AppError } from '../errors';

/** Requests that one token may make within the window, of all web processes together. */
export const REQUESTS_PER_WINDOW = 300;
export const REQUEST_WINDOW_SECONDS = 60;
/** A process takes one in so many of the requests that are left, and at least one: so most requests write nothing. */
const SHARES_OF_REST = 20;

/** Requests that this process has taken from the window of a token. */
interface Share {
  window: number;
  /** How many of them it has not used yet. */
  left: number;
  /** How many nobody has taken yet, when it took these. */
  rest: number;
}

/**
 * Counts the requests of each token in windows of a minute, in the database: it keeps a program that runs wild from
 * everybody else, however many web processes it asks. A process takes several requests from the token's row at once and
 * counts them down in memory. What it takes shrinks with what is left, so what it holds while another has none is
 * little; and never is more taken than the window has. Guessing a token needs no limit: there are 2^256.
 */
export class TokenLimits {
  private readonly shares = new Map<string, Share>();
  private readonly taking = new Map<string, Promise<void>>();
  private window = 0;

  /** Counts one request at `now`. @throws AppError `too-many-attempts` where the token has had its share */
  async count(db: Database, tokenId: string, now: Date): Promise<void> {
    const window = Math.floor(now.getTime() / 1000 / REQUEST_WINDOW_SECONDS);
    this.forgetBefore(window);
    for (;;) {
      const share = this.shareOf(tokenId, window);
      if (share !== undefined && share.left > 0) {
        share.left -= 1;
        return;
      }
      if (share?.rest === 0) {
        throw new AppError(
          'too-many-attempts',
          `this token has made ${REQUESTS_PER_WINDOW} requests within a minute; wait for the next one`,
        );
      }
      await this.take(db, tokenId, { window, wanted: sizeOf(share?.rest ?? REQUESTS_PER_WINDOW) });
    }
  }

  /** One that was taken from a window before this counts no more, however late it came. */
  private shareOf(tokenId: string, window: number): Share | undefined {
    const share = this.shares.get(tokenId);
    return share !== undefined && share.window >= window ? share : undefined;
  }

  private forgetBefore(window: number): void {
    if (window <= this.window) return;
    this.window = window;
    for (const [tokenId, share] of this.shares) if (share.window < window) this.shares.delete(tokenId);
  }

  /** Several requests at once wait for one to take more for all of them. */
  private take(db: Database, tokenId: string, of: { window: number; wanted: number }): Promise<void> {
    const under = this.taking.get(tokenId);
    if (under) return under;
    const taking = this.takeShare(db, tokenId, of).finally(() => this.taking.delete(tokenId));
    this.taking.set(tokenId, taking);
    return taking;
  }

  private async takeShare(
    db: Database,
    tokenId: string,
    of: { window: number; wanted: number },
  ): Promise<void> {
    const { window, taken } = await takeTokenUses(db, { tokenId, window: of.window, count: of.wanted });
    const before = taken - of.wanted;
    this.shares.set(tokenId, {
      window,
      left: Math.max(0, Math.min(of.wanted, REQUESTS_PER_WINDOW - before)),
      rest: Math.max(0, REQUESTS_PER_WINDOW - taken),
    });
  }
}

function sizeOf(rest: number): number {
  return Math.max(1, Math.floor(rest / SHARES_OF_REST));
}
