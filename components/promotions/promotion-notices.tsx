import Link from 'next/link';
import type { ReactNode } from 'react';
import { HoldLines } from '@/components/holds/hold-lines';
import { asSentence } from '@/components/ui/as-sentence';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { automaticOf, type PromotionDto } from '@/lib/contracts/promotion';
import { EmergencyNotice } from './emergency-notice';
import { MultilineText } from './multiline-text';
import { isOpen } from './state-tone';
import { endOfWaits, WaitText } from './wait-text';

const TONES = {
  wait: 'border-wait bg-wait-soft',
  bad: 'border-bad bg-bad-soft',
  stale: 'border-stale bg-stale-soft',
} as const;

/** What someone must know before they act on a promotion: a newer one, a source that moved on, a run that ended badly. */
export function PromotionNotices({ promotion }: { promotion: PromotionDto }) {
  const { newerNumber, movedSourceRefs, edge, plan, state } = promotion;
  return (
    <div className="grid gap-2 not-empty:mt-3">
      <EmergencyNotice promotion={promotion} />
      <AutomaticNotice promotion={promotion} />
      {promotion.overrides.map((override) => (
        <OverrideNotice key={override.at} promotion={promotion} override={override} />
      ))}
      {promotion.waits.map((wait) => (
        <Notice key={`${wait.code} ${wait.detail}`} tone="wait">
          <b className="font-semibold">{state === 'approved' ? 'Waits:' : 'Once approved, it waits:'}</b>{' '}
          {wait.code === 'held' ? 'until each hold on its refs is lifted' : <WaitText wait={wait} />}.
          {wait.code === 'frozen' ? <FreezeReasons promotion={promotion} /> : null}
        </Notice>
      ))}
      <HoldLines holds={promotion.holds} hasRef className="rounded-md border border-wait px-3 py-2" />
      <ExpiryNotice promotion={promotion} />
      {newerNumber === null ? null : (
        <Notice tone="wait">
          A newer promotion moves one of these refs to {edge.to}: <NumberLink number={newerNumber} />. Make
          sure that this is the one you mean.
        </Notice>
      )}
      {isOpen(state)
        ? movedSourceRefs.map((moved) => (
            <Notice key={moved.ref} tone="wait">
              <code className="text-sm">
                <UnsafeText text={moved.ref} />
              </code>{' '}
              in {edge.from}{' '}
              {moved.now === null ? (
                'is gone'
              ) : (
                <>
                  has moved on to <code className="text-sm">{moved.now.slice(0, 10)}</code>
                </>
              )}{' '}
              since the plan was fixed.{' '}
              {plan.requireSourceHead
                ? 'This edge moves only heads, so the run would end stale: ask again with the new head.'
                : 'The planned commit is the one that is moved.'}
            </Notice>
          ))
        : null}
      <SupersedeNotices promotion={promotion} />
      <CancelNotice promotion={promotion} />
      <EndNotice promotion={promotion} />
    </div>
  );
}

/** Nobody asked for it, and where the edge says so nobody approves it. */
function AutomaticNotice({ promotion: { plan, edge } }: { promotion: PromotionDto }) {
  const automatic = automaticOf(plan);
  if (automatic === null) return null;
  const isUnapproved = automatic.approval === 'none';
  return (
    <Notice tone={isUnapproved ? 'bad' : 'wait'}>
      <b className="font-semibold">{isUnapproved ? 'Automatic, without approval.' : 'Automatic.'}</b> The edge
      from {edge.from} to {edge.to} promotes this ref by itself
      {isUnapproved ? ', and nobody approves it.' : '; it is approved as usual.'}
    </Notice>
  );
}

/** Loud for ever: whoever looks at it later is to see that it went past a freeze. */
function OverrideNotice({
  promotion,
  override,
}: {
  promotion: PromotionDto;
  override: PromotionDto['overrides'][number];
}) {
  const { withdrawn, withdrawnAt } = override;
  const isWithdrawn = withdrawnAt !== null;
  const isOfEarlierPlan = isWithdrawn && withdrawn === null;
  return (
    <Notice tone={isWithdrawn ? 'wait' : 'bad'}>
      <b className="font-semibold">{isWithdrawn ? 'Freeze override, withdrawn.' : 'Freeze overridden.'}</b>{' '}
      <UnsafeText text={override.by} /> let {isOfEarlierPlan ? 'an earlier plan of it' : 'it'} past{' '}
      <UnsafeText text={override.windows.join(', ')} /> of {promotion.edge.to}{' '}
      <RelativeTime iso={override.at} />: “<MultilineText text={override.reason} />”
      {isOfEarlierPlan ? '. The plan is another by now.' : '.'}
      {withdrawn === null || withdrawnAt === null ? null : (
        <span className="mt-0.5 block">
          <UnsafeText text={withdrawn.by} /> took that back <RelativeTime iso={withdrawnAt} />: “
          <MultilineText text={withdrawn.reason} />
          ”.
        </span>
      )}
    </Notice>
  );
}

/** An approval that has expired when the wait is over counts no more. */
function ExpiryNotice({ promotion: { waits, approvals } }: { promotion: PromotionDto }) {
  const end = endOfWaits(waits);
  const first = approvals.flatMap(({ expiresAt }) => expiresAt ?? []).toSorted()[0];
  if (waits.length === 0 || first === undefined || (end !== null && first > end)) return null;
  return (
    <Notice tone="wait">
      An approval expires <RelativeTime iso={first} />, before the wait is over: the run then ends stale, and
      has to be retried and approved again.
    </Notice>
  );
}

function FreezeReasons({ promotion: { freeze } }: { promotion: PromotionDto }) {
  return (
    <>
      {freeze?.windows.map((window) => (
        <span key={window.name} className="mt-0.5 block text-muted">
          <UnsafeText text={window.name} />: <UnsafeText text={asSentence(window.reason)} />
        </span>
      ))}{' '}
      <Link href="/freezes" className="link-inline">
        Freeze calendar
      </Link>
    </>
  );
}

/** Which newer request took its place, or whose place it takes. */
function SupersedeNotices({ promotion: { supersedes, supersededBy, edge } }: { promotion: PromotionDto }) {
  return (
    <>
      {supersedes === null ? null : (
        <Notice tone="wait">
          It takes the place of <NumberLink number={supersedes} />, which is over.
        </Notice>
      )}
      {supersededBy === null ? null : (
        <Notice tone="stale">
          <b className="font-semibold">
            Superseded by <NumberLink number={supersededBy} />.
          </b>{' '}
          Approvals of this one are void, and nothing in {edge.to} changes by it.
        </Notice>
      )}
    </>
  );
}

function NumberLink({ number }: { number: number }) {
  return (
    <Link href={`/promotions/${number}`} className="link-inline font-semibold">
      #{number}
    </Link>
  );
}

/** Who asked to stop the run, and what came of it. */
function CancelNotice({ promotion: { state, edge, runs } }: { promotion: PromotionDto }) {
  const cancel = runs.at(-1)?.cancel ?? null;
  if (cancel === null || (state !== 'running' && state !== 'cancelled')) return null;
  const isOver = state === 'cancelled';
  return (
    <Notice tone="wait">
      <b className="font-semibold">{isOver ? 'Cancelled.' : 'Being cancelled.'}</b>{' '}
      <UnsafeText text={cancel.by} /> asked to stop the run <RelativeTime iso={cancel.at} />
      {cancel.reason === '' ? '' : ': “'}
      {cancel.reason === '' ? null : <MultilineText text={cancel.reason} />}
      {cancel.reason === '' ? '.' : '”.'}{' '}
      {isOver
        ? `Refs and summary of ${edge.to} are as they were. To move the same refs later, ask again.`
        : 'Its worker stops as soon as it looks; no ref has moved.'}
    </Notice>
  );
}

function EndNotice({ promotion }: { promotion: PromotionDto }) {
  const { state, edge, offers } = promotion;
  if (state !== 'failed' && state !== 'stale') return null;
  const error = promotion.runs.at(-1)?.error ?? null;
  return (
    <Notice tone={state === 'failed' ? 'bad' : 'stale'}>
      <b className="font-semibold">{state === 'failed' ? 'The run failed.' : 'The run ended stale.'}</b> Refs
      and summary of {edge.to} are as they were.{' '}
      {offers.retry.isAllowed ? 'You can retry it.' : asSentence(offers.retry.why ?? '')}
      {error === null ? null : (
        <span className="mt-0.5 block">
          <UnsafeText text={asSentence(error.message)} />
        </span>
      )}
    </Notice>
  );
}

function Notice({ tone, children }: { tone: keyof typeof TONES; children: ReactNode }) {
  return <p className={`rounded-md border px-3 py-2 break-words ${TONES[tone]}`}>{children}</p>;
}
