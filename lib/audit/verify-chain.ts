import { GENESIS_HASH, type HashedEvent, hashEvent } from './hash-event';

export interface ChainState {
  isIntact: boolean;
  /** How many events were looked at: all of them where the chain is intact. */
  events: number;
  /** The first event that breaks the chain; for a gap the number that is missing. */
  badSeq: number | null;
  /** The hash of the last event, null where there is none. */
  headHash: string | null;
}

export type StoredEvent = HashedEvent & { hash: string };

/** How far a chain was followed before, and with what result. */
export interface ChainStart {
  events: number;
  hash: string;
}

/**
 * Follows the chain from its beginning. Finds an event that was edited, deleted, inserted or swapped.
 * Events cut off the end leave a shorter chain that holds in itself: compare `events` and `headHash` with
 * what was noted elsewhere.
 *
 * @param pages the events in ascending order of `seq`, in pages of any size
 * @param start where to begin: after so many events that were found intact; `pages` then holds what follows them
 */
export async function verifyChain(
  pages: AsyncIterable<readonly StoredEvent[]>,
  start: ChainStart = { events: 0, hash: GENESIS_HASH },
): Promise<ChainState> {
  let previousHash = start.hash;
  let { events } = start;
  for await (const page of pages) {
    for (const event of page) {
      const isNext = event.seq === events + 1 && event.previousHash === previousHash;
      if (!isNext || hashEvent(event) !== event.hash) {
        return { isIntact: false, events, badSeq: Math.min(event.seq, events + 1), headHash: previousHash };
      }
      previousHash = event.hash;
      events += 1;
    }
  }
  return { isIntact: true, events, badSeq: null, headHash: events === 0 ? null : previousHash };
}
