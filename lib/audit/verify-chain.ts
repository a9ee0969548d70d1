import { GENESIS_HASH, type HashedEvent, hashEvent } from './hash-event';

export interface ChainState {
  isIntact: boolean;
  /** How many events were looked at: all of them where the chain is intact. */
  events: number;
  /** The first event that breaks the chain; for a gap the number that is missing. */
  badSeq: number | null;
  /** The hash of the last event, null where there is none. */
  headHash: string | null;
  /** Whether an event has the hash that was noted elsewhere; null where none was given, or the chain breaks. */
  hasNotedHead: boolean | null;
}

export type StoredEvent = HashedEvent & { hash: string };

/** How far a chain was followed before, and with what result. */
export interface ChainStart {
  events: number;
  hash: string;
}

/**
 * Follows the chain from its beginning. Finds an event that was edited, deleted, inserted or swapped.
 * Events cut off the end leave a shorter chain that holds in itself: only a head that was noted elsewhere tells.
 *
 * @param pages the events in ascending order of `seq`, in pages of any size
 * @param start where to begin: after so many events that were found intact; `pages` then holds what follows them
 * @param notedHead the hash of an event that was the last one once
 */
export async function verifyChain(
  pages: AsyncIterable<readonly StoredEvent[]>,
  start: ChainStart = { events: 0, hash: GENESIS_HASH },
  notedHead: string | null = null,
): Promise<ChainState> {
  let hasNotedHead = notedHead === null ? null : false;
  let previousHash = start.hash;
  let { events } = start;
  for await (const page of pages) {
    for (const event of page) {
      const isNext = event.seq === events + 1 && event.previousHash === previousHash;
      if (!isNext || hashEvent(event) !== event.hash) {
        const badSeq = Math.min(event.seq, events + 1);
        return { isIntact: false, events, badSeq, headHash: previousHash, hasNotedHead: null };
      }
      previousHash = event.hash;
      if (event.hash === notedHead) hasNotedHead = true;
      events += 1;
    }
  }
  const headHash = events === 0 ? null : previousHash;
  return { isIntact: true, events, badSeq: null, headHash, hasNotedHead };
}
