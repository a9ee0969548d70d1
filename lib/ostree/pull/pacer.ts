import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { AppError } from '../../errors';

export interface PullProgress {
  phase: 'walk' | 'import' | 'finish';
  /** Objects of this phase that are done, and how many there are; `total` is 0 while it is not known. */
  done: number;
  total: number;
}

export interface PaceOptions {
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
}

/** The longest that timers and sockets wait for their turn, but for the reading of one chunk. */
const MILLISECONDS_BETWEEN_PAUSES = 25;

/**
 * Lets timers and sockets have their turn during long synchronous work (a worker's heartbeat among them), tells
 * how far it is and notices when it is to stop.
 */
export class Pacer {
  readonly #options: PaceOptions;
  #phase: PullProgress['phase'] = 'walk';
  #done = 0;
  #total = 0;
  #pausedAt = performance.now();

  constructor(options: PaceOptions) {
    this.#options = options;
  }

  begin(phase: PullProgress['phase'], total: number): void {
    this.#phase = phase;
    this.#done = 0;
    this.#total = total;
    this.#report();
  }

  /** Counts objects that are done. */
  advance(objects: number): void {
    this.#done += objects;
  }

  /** Counts one object. True when it is time to `await pause()`. */
  count(): boolean {
    this.advance(1);
    return this.isDue();
  }

  /** True when it is time to `await pause()`. */
  isDue(): boolean {
    return performance.now() - this.#pausedAt >= MILLISECONDS_BETWEEN_PAUSES;
  }

  /** @throws AppError `ostree/aborted` */
  async pause(): Promise<void> {
    this.#report();
    await yieldToEventLoop();
    this.#pausedAt = performance.now();
    this.check();
  }

  /** @throws AppError `ostree/aborted` */
  check(): void {
    if (this.#options.signal?.aborted) throw new AppError('ostree/aborted', 'the pull was stopped');
  }

  #report(): void {
    this.#options.onProgress?.({ phase: this.#phase, done: this.#done, total: this.#total });
  }
}
