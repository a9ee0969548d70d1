/** Lets one at a time through, in the order in which they came. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** Resolves, when it is one's turn, to what lets the next one through. */
  enter(): Promise<() => void> {
    const before = this.#last;
    return new Promise((resolve) => {
      this.#last = new Promise((leave) => {
        void before.then(() => resolve(leave));
      });
    });
  }
}
