/** A response that is under way. */
export interface Transfer {
  /** Bytes of the body that have come since it was last looked at. */
  received: number;
  /** Set while we are the ones who do not read. */
  isPaused: boolean;
  /** Called once, when it is too slow. */
  onStall(): void;
}

export interface StallLimits {
  /** Bytes a second that a response must have on average… */
  lowSpeedBytes: number;
  /** …over that many seconds, the wait for its beginning included. */
  lowSpeedSeconds: number;
}

interface Watched {
  readonly transfer: Transfer;
  since: number;
}

/**
 * Ends responses that hardly move, as libostree does (`low-speed-limit-bytes`, `low-speed-time-seconds`): a server that
 * sends a byte now and then never trips a timeout of its socket. One timer looks at all of them.
 */
export class StallWatch {
  readonly #limits: StallLimits;
  readonly #watched = new Map<Transfer, Watched>();
  #timer: NodeJS.Timeout | null = null;
  #lookedAt = 0;

  constructor(limits: StallLimits) {
    this.#limits = limits;
  }

  add(transfer: Transfer): void {
    const now = performance.now();
    this.#watched.set(transfer, { transfer, since: now });
    if (this.#timer !== null) return;
    this.#lookedAt = now;
    this.#timer = setInterval(() => this.#look(), this.#interval());
  }

  remove(transfer: Transfer): void {
    this.#watched.delete(transfer);
  }

  /** The timer keeps the process alive until then. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #interval(): number {
    return Math.max(10, (this.#limits.lowSpeedSeconds * 1000) / 10);
  }

  #look(): void {
    const now = performance.now();
    // While this process was busy, with an fsync for one, nothing was read: that is nobody's fault.
    const lateness = Math.max(0, now - this.#lookedAt - 2 * this.#interval());
    this.#lookedAt = now;
    const { lowSpeedBytes, lowSpeedSeconds } = this.#limits;
    for (const watched of this.#watched.values()) {
      const { transfer } = watched;
      watched.since += lateness;
      const seconds = (now - watched.since) / 1000;
      if (transfer.isPaused) watched.since = now;
      if (transfer.isPaused || seconds < lowSpeedSeconds) continue;
      const isSlow = transfer.received < lowSpeedBytes * lowSpeedSeconds;
      transfer.received = 0;
      watched.since = now;
      if (isSlow) transfer.onStall();
    }
  }
}
