import { constants, setPriority } from 'node:os';

/**
 * Where all the processors are busy, people who look at pages come first: to be called by processes that work in the
 * background, before they start threads, which are then like them.
 */
export function yieldToReaders(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
