/** Lets go of a turn; calling it again does nothing. */
export type EndTurn = () => void;

/**
 * Turns at something that all want at once and that is done sooner one by one: pages that a process makes side by side are all
 * ready when the last of them is, while each would need the processor alone for a fraction of that.
 */
export class Turns {
  readonly #heldMillisecondsMax: number;
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;

  /** @param heldMillisecondsMax after so long a turn is over for whoever waits: its holder may wait for something itself */
  constructor(heldMillisecondsMax: number) {
    this.#heldMillisecondsMax = heldMillisecondsMax;
  }

  /** Waits for a turn, in the order of asking. The caller ends it, whatever happens. */
  async take(): Promise<EndTurn> {
    if (this.#isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isHeld = true;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      const next = this.#waiting.shift();
      // Still held: by the one that is woken, so that nobody comes before it.
      if (next === undefined) this.#isHeld = false;
      else next();
    };
    const timer = setTimeout(end, this.#heldMillisecondsMax);
    timer.unref();
    return end;
  }
}
