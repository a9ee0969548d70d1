import { type ChainState, verifyChain } from '../audit/verify-chain';
import { readAuditEvents } from '../db/audit-event';
import { processWide } from '../process-wide';
import type { ServiceContext } from './service-context';

interface Followed {
  state: ChainState;
  /** When all of it was followed, in milliseconds. */
  wholeAt: number;
}

/** By database: tests have many in one process. */
const followed = processWide('followed-chains', () => new WeakMap<object, Followed>());
/** A page follows the whole chain again after this long; in between only what was added. */
const WHOLE_AGAIN_MILLISECONDS = 10 * 60_000;
/** Up to so many events the whole chain is followed each time: it takes no longer than a page may. */
const WHOLE_EVENTS_MAX = 500;

/**
 * Whether the chain holds, for a page: what was added since the last look, and all of it every ten minutes or where it
 * is short. `verify-audit-chain` follows all of it each time.
 */
export async function chainState(ctx: ServiceContext): Promise<ChainState> {
  const before = followed.get(ctx.db);
  const now = ctx.clock.now().getTime();
  const isWhole =
    !before?.state.isIntact ||
    before.state.headHash === null ||
    before.state.events <= WHOLE_EVENTS_MAX ||
    Math.abs(now - before.wholeAt) > WHOLE_AGAIN_MILLISECONDS;
  if (isWhole) {
    const state = await verifyWholeChain(ctx);
    followed.set(ctx.db, { state, wholeAt: now });
    return state;
  }
  const { events, headHash } = before.state;
  const state = await verifyChain(readAuditEvents(ctx.db, events), { events, hash: headHash ?? '' });
  followed.set(ctx.db, { state, wholeAt: before.wholeAt });
  return state;
}

/** Follows the chain from its first event to its last, whatever was found before, and looks for a head noted elsewhere. */
export function verifyWholeChain(ctx: ServiceContext, notedHead: string | null = null): Promise<ChainState> {
  return verifyChain(readAuditEvents(ctx.db), undefined, notedHead);
}
