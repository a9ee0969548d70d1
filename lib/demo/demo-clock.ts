import type { Clock } from '../clock';

/**
 * A clock that the demo sets to when something is to have happened. From there it runs on like any
 * other, so that steps take the time they take; it never goes back.
 */
export class DemoClock implements Clock {
  #base: number;
  #setAt = performance.now();

  constructor(start: Date) {
    this.#base = start.getTime();
  }

  now(): Date {
    return new Date(this.#base + (performance.now() - this.#setAt));
  }

  /** Goes on to `time`; stays where it is if that has passed. */
  moveTo(time: Date): void {
    this.#base = Math.max(time.getTime(), this.now().getTime());
    this.#setAt = performance.now();
  }
}
