import { type ChainState, verifyChain } from '../audit/verify-chain';
import { findLastAuditEvent, readAuditEvents } from '../db/audit-event';
import type { ServiceContext } from './service-context';

const known = new WeakMap<object, { state: ChainState; takenAt: number }>();
/** How old a whole verification may be that a page shows again. */
const GOOD_FOR_MILLISECONDS = 60_000;

/**
 * Whether the chain holds. Verifies all of it, and for a page that is loaded again within a minute, with no
 * event since, gives the same answer.
 */
export async function chainState(ctx: ServiceContext): Promise<ChainState> {
  const last = await findLastAuditEvent(ctx.db);
  const cached = known.get(ctx.db);
  const now = ctx.clock.now().getTime();
  const isFresh = cached && Math.abs(now - cached.takenAt) < GOOD_FOR_MILLISECONDS;
  if (isFresh && cached.state.headHash === (last?.hash ?? null)) return cached.state;
  const state = await verifyWholeChain(ctx);
  known.set(ctx.db, { state, takenAt: now });
  return state;
}

/** Follows the chain from its first event to its last, whatever was found before. */
export function verifyWholeChain(ctx: ServiceContext): Promise<ChainState> {
  return verifyChain(readAuditEvents(ctx.db));
}
