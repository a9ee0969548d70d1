import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../errors';

const STEPS_PER_TURN = 500;

/** Lets a long synchronous walk give way to the event loop now and then, and stop when it is told to. */
export class Breather {
  private steps = 0;

  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly onTurn?: () => void,
  ) {}

  /** Counts one step; true when it is time to await {@link breathe}. A promise each step would cost too much. */
  isDue(): boolean {
    return ++this.steps % STEPS_PER_TURN === 0;
  }

  /** @throws AppError `ostree/aborted` */
  async breathe(): Promise<void> {
    this.onTurn?.();
    await nextTurn();
    this.assertGoing();
  }

  /** @throws AppError `ostree/aborted` */
  assertGoing(): void {
    if (this.signal?.aborted) throw new AppError('ostree/aborted', 'it was stopped before it had finished');
  }
}
