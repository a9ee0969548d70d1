import { GENESIS_HASH } from '../audit/hash-event';
import { type ChainState, verifyChain } from '../audit/verify-chain';
import { type AuditEventRow, readAuditEvents } from '../db/audit-event';
import { processWide } from '../process-wide';
import type { ServiceContext } from './service-context';

/** What is known of the log from having followed it. */
interface Followed {
  chain: ChainState;
  /** Who stands in it, and with what kinds of events: what it can be filtered by. */
  people: ReadonlySet<string>;
  kinds: ReadonlySet<string>;
  /** The number of the last event. */
  lastSeq: number;
  /** When all of it was followed, in milliseconds. */
  wholeAt: number;
}

/** By database: tests have many in one process. */
const followed = processWide('followed-chains', () => new WeakMap<object, Followed>());
/** A page follows the whole chain again after this long; in between only what was added. */
const WHOLE_AGAIN_MILLISECONDS = 10 * 60_000;
/** A broken one is not followed on, and is looked at again sooner: somebody may be mending it. */
const BROKEN_AGAIN_MILLISECONDS = 60_000;
/** Up to so many events the whole chain is followed each time: it takes no longer than a page may. */
const WHOLE_EVENTS_MAX = 500;
/** So many are read at once, and others are answered in between: reading and hashing these takes some ten milliseconds. */
const PAGE_EVENTS = 200;

/** Chains that are being followed as a whole, behind what pages show meanwhile. */
const beingFollowed = processWide('chains-being-followed', () => new WeakSet<object>());

/**
 * Whether the chain holds, and who and what stands in it, for a page: what was added since the last look. All of it is followed
 * every ten minutes, which takes a long log a second or more: no page waits for that but the first, and what was found shows
 * at the next look. A short one is followed whole each time. `verify-audit-chain` follows all of it, and waits.
 */
export async function followLog(ctx: ServiceContext): Promise<Followed> {
  const before = followed.get(ctx.db);
  if (!before || before.lastSeq <= WHOLE_EVENTS_MAX) return followWhole(ctx);
  if (isDue(before, ctx.clock.now().getTime())) followBehind(ctx);
  if (!before.chain.isIntact) return before;
  const { events, headHash } = before.chain;
  const after = { ...(await followFrom(ctx, before, headHash ?? '', events)), wholeAt: before.wholeAt };
  // What somebody else found meanwhile counts, above all that the chain is broken.
  const other = followed.get(ctx.db);
  if (other !== undefined && other !== before) return other;
  followed.set(ctx.db, after);
  return after;
}

/** Whether all of it is to be followed. */
function isDue({ chain, wholeAt }: Followed, now: number): boolean {
  return Math.abs(now - wholeAt) > (chain.isIntact ? WHOLE_AGAIN_MILLISECONDS : BROKEN_AGAIN_MILLISECONDS);
}

async function followWhole(ctx: ServiceContext): Promise<Followed> {
  const wholeAt = ctx.clock.now().getTime();
  const nothing = { people: new Set<string>(), kinds: new Set<string>() };
  const whole = { ...(await followFrom(ctx, nothing, GENESIS_HASH, 0)), wholeAt };
  followed.set(ctx.db, whole);
  return whole;
}

function followBehind(ctx: ServiceContext): void {
  if (beingFollowed.has(ctx.db)) return;
  beingFollowed.add(ctx.db);
  followWhole(ctx)
    // Whatever keeps the log from being read keeps pages from it too, which say so; the next look begins again.
    .catch(() => undefined)
    .finally(() => beingFollowed.delete(ctx.db));
}

type Names = Pick<Followed, 'people' | 'kinds'>;

/** Follows the chain from behind so many events, the last of which has `hash`, and notes all names to the end of the log. */
async function followFrom(ctx: ServiceContext, known: Names, hash: string, events: number) {
  const people = new Set(known.people);
  const kinds = new Set(known.kinds);
  let lastSeq = events;
  const noted = async function* (pages: AsyncIterable<AuditEventRow[]>) {
    for await (const page of pages) {
      for (const { actorName, kind, seq } of page) {
        people.add(actorName);
        kinds.add(kind);
        lastSeq = seq;
      }
      yield page;
    }
  };
  const chain = await verifyChain(noted(readAuditEvents(ctx.db, events, PAGE_EVENTS)), { events, hash });
  // A chain is followed to where it breaks, and what comes behind is shown as well.
  if (!chain.isIntact) for await (const _ of noted(readAuditEvents(ctx.db, lastSeq, PAGE_EVENTS)));
  return { chain, people, kinds, lastSeq };
}

/** Follows the chain from its first event to its last, whatever was found before, and looks for a head noted elsewhere. */
export function verifyWholeChain(ctx: ServiceContext, notedHead: string | null = null): Promise<ChainState> {
  return verifyChain(readAuditEvents(ctx.db), undefined, notedHead);
}
